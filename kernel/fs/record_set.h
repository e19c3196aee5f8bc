// SPDX-License-Identifier: MIT
// Private: the locks on one file, as sets of ranges. All functions want the lock of all records
// held; none sleeps or allocates but record_spares_take().
#pragma once

#include <fs/record_lock.h>
#include <object/wait.h>

/// A range that an owner holds. Keeps its node.
struct record {
    struct list set_link;   /* in the set, by rising `first` */
    struct list owner_link; /* in the owner */
    struct record_owner *owner;
    struct vfs_node *node; /* one reference */
    struct record_request held;
};

/// Somebody who waits for a range; lives on its stack.
struct record_wait {
    struct list link; /* in the list of all who wait */
    struct record_set *set;
    struct record_owner *owner;
    const struct record_request *wanted;
};

/// All locks on a node; made with the first one, goes with the node.
struct record_set {
    struct list records;
    struct wait_queue waiters; /* woken, all of them, when something was released */
};

/// Records for an edit, made before it, so that it cannot fail: at most two are added by one.
#define RECORD_SPARES 2u
struct record_spares {
    struct list records; /* struct record, by owner_link */
};

/// Make spares, charged to the budget for names. ERR_NOLCK, ERR_NOMEM: none are left.
enum status record_spares_take(struct record_spares *spares) __must_check;

/// Free records that are in no set, by owner_link, and their references. Not under the lock.
void record_free_all(struct list *records);

/// The first record of another owner that does not agree with `wanted`, or NULL.
struct record *record_conflict(const struct record_set *set, const struct record_owner *owner,
                               const struct record_request *wanted);

/// How many records more the owner would have after record_edit(); may be negative.
int record_edit_cost(const struct record_set *set, const struct record_owner *owner,
                     const struct record_request *wanted);

/// Let the owner hold `wanted` and nothing else in its range, with records from `spares`. Those
/// that are not needed any more go to `unused`, by owner_link.
void record_edit(struct vfs_node *node, struct record_owner *owner,
                 const struct record_request *wanted, struct record_spares *spares,
                 struct list *unused);

/// Take a record out of its set and its owner, into `unused`.
void record_drop(struct record *record, struct list *unused);
