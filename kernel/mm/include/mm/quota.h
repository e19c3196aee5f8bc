// SPDX-License-Identifier: MIT
// Quotas: how much a group of processes may have together. Quotas form a tree; what is taken from
// one is taken from all above it, up to the machine's own, so that what a group starts cannot get
// more than the group by starting groups of its own. Counts are atomic: any context, thread-safe.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

enum quota_kind {
    QUOTA_MEMORY,    /* bytes that are promised (mm/commit.h) */
    QUOTA_THREADS,   /* threads of processes */
    QUOTA_PROCESSES, /* processes, ended ones that somebody names included */
    QUOTA_KIND_COUNT,
};

#define QUOTA_NONE UINT64_MAX /* no limit but those above */

#define QUOTA_DEPTH_MAX 16u

struct quota {
    uint32_t refs;  /* atomic */
    uint32_t depth; /* quotas above it */
    struct quota *parent;
    uint64_t used[QUOTA_KIND_COUNT];  /* atomic */
    uint64_t limit[QUOTA_KIND_COUNT]; /* atomic */
    uint64_t memory_most;             /* atomic: the most of QUOTA_MEMORY at a time */
    uint32_t watchers;                /* atomic: who wants to know `level` */
    uint32_t level;                   /* atomic: COCO_PRESSURE_*, while there are watchers */
};

/// The machine's quota. Its limits follow from the memory there is.
extern struct quota quota_root;

/// A quota below `parent`, without limits and with one reference. ERR_NOMEM; ERR_AGAIN: too many
/// lie above each other.
enum status quota_create(struct quota *parent, struct quota **out) __must_check;

/// Another reference; give one back. NULL does nothing.
void quota_get(struct quota *quota);
void quota_put(struct quota *quota);

/// Take `count` of `kind`; false, and nothing is taken, if that would pass a limit.
bool quota_take(struct quota *quota, enum quota_kind kind, uint64_t count) __must_check;

/// The same without looking at limits, for what has been taken in another form, which is given back
/// at once: so it is not counted in the most that was used.
void quota_add(struct quota *quota, enum quota_kind kind, uint64_t count);

/// Give back what was taken.
void quota_return(struct quota *quota, enum quota_kind kind, uint64_t count);

/// What was taken from `from` is counted in `to`, a child of it or itself.
void quota_move(struct quota *from, struct quota *to, enum quota_kind kind, uint64_t count);

/// The limit that a quota itself sets, for quota_root the machine's; what is used.
uint64_t quota_limit(const struct quota *quota, enum quota_kind kind);
uint64_t quota_used(const struct quota *quota, enum quota_kind kind);

/// The most bytes of QUOTA_MEMORY that were taken from a quota at a time.
uint64_t quota_most(const struct quota *quota);

/// Set a limit, which may be below what is used: then nothing more can be taken. Not of quota_root.
void quota_set_limit(struct quota *quota, enum quota_kind kind, uint64_t limit);

/// Keep the level of memory (COCO_PRESSURE_*) of a quota and of all above it up to date, until it
/// is given back.
void quota_watch(struct quota *quota);
void quota_unwatch(struct quota *quota);

/// The level of a watched quota alone, or the highest of it and all above it.
uint32_t quota_level(const struct quota *quota);
uint32_t quota_highest_level(const struct quota *quota);

/// Upcall: the level of a watched quota rose. Spinlocks may be held.
void quota_level_rose(void);
