// SPDX-License-Identifier: MIT
// What stands behind mappings that are not private anonymous memory: a file, or memory that
// processes share. The owner of the pages embeds a struct backing; mm finds its operations by type
// in a table in read-only memory and knows nothing else of it.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

enum backing_type {
    BACKING_SHARED_MEMORY, /* this module's own, see below */
    BACKING_FILE,
    BACKING_SIZED,        /* mm/sized_memory.h */
    BACKING_SIZED_WRITER, /* the same, for mappings that may store */
    BACKING_TYPE_COUNT,
};

struct backing {
    uint8_t type; /* enum backing_type; never changes */
};

struct backing_ops {
    /// Take and give back a reference. No lock is held at `put`, unless another reference is left.
    void (*get)(struct backing *backing);
    void (*put)(struct backing *backing);
    /// The page at `index` of the object, which is made if it is not there, with a reference for
    /// the caller. `write`: the page is about to be stored to. Called with the lock of an address
    /// space held: must not sleep. ERR_IO: behind the end of the object; ERR_NOMEM.
    enum status (*page)(struct backing *backing, uint64_t index, bool write, paddr_t *out);
    /// Whether `index` lies behind the end of the object. As `page`.
    bool (*is_beyond)(struct backing *backing, uint64_t index);
    /// Pages that `page` gave not to be stored to may be stored to from now on. As `page`; NULL:
    /// that changes nothing for the object.
    void (*note_stores)(struct backing *backing);
};

/// Upcall, defined by task: takes the pages that show page `first` or a later one of `backing` out
/// of all address spaces, copies of private mappings included; returns when no CPU can reach them.
/// The object has ended in front of `first` already, so no fault brings them back. Sleeps; the
/// caller may hold sleeping locks, but touches no user memory meanwhile.
void backing_cut_mappings(struct backing *backing, uint64_t first);

/// Upcall, defined by fs, which knows all types.
extern const struct backing_ops *const backing_ops[BACKING_TYPE_COUNT];

/// Row for BACKING_SHARED_MEMORY.
extern const struct backing_ops shared_memory_ops;

struct quota;

/// Make memory of `pages` pages to be shared by address spaces: reads as zero. All of it is
/// promised out of `quota`, to which it takes a reference, until nobody refers to it: ranges that
/// show it are not promised. `own`: what the maker was promised before. One reference, the
/// caller's. ERR_NOMEM.
enum status shared_memory_create(struct quota *quota, uint64_t pages, uint64_t own,
                                 struct backing **out) __must_check;

/// Let it have at least `pages` pages, promised as at its making, for a range that shows new ones
/// from `first` on. A spinlock may be held. ERR_NOMEM, also if it holds some of them, or while
/// another thread cuts it.
enum status shared_memory_grow(struct backing *backing, uint64_t first, uint64_t pages,
                               uint64_t own) __must_check;

/// Let it end at page `first` if no more than `refs` references exist and it is longer: true, and
/// the caller has to call shared_memory_trim(). A spinlock may be held. Nothing for another type.
bool shared_memory_end_at(struct backing *backing, uint64_t first, uint32_t refs);

/// Free the pages behind the end, in steps with sched_check() between, and end their promise.
void shared_memory_trim(struct backing *backing);

/// Accessors; NULL has no references.
void backing_get(struct backing *backing);
void backing_put(struct backing *backing);
