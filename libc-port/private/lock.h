// SPDX-License-Identifier: MIT
// The two locks of this library. Both are all zero when free, need no destruction, and make no
// system call while uncontended. Lock order: sfp/FILE locks, then fd table, then path, then malloc,
// then lock pool. No lock is held across a call that can block for long.
#pragma once

#include <stdint.h>

/// A plain lock. Word: 0 free, 1 held, 2 held and perhaps waited for.
struct coco_lock {
    uint32_t word;
};

/// newlib's lock: can be taken again by the thread that holds it.
struct __lock {
    struct coco_lock lock;
    uint32_t depth; /* nesting, written by the owner only */
    void *owner;    /* thread pointer, or NULL */
    uint32_t forks; /* fork() holds it, see process/fork_streams.c */
};

/// Wait for a plain lock and take it; not recursive.
void __coco_lock(struct coco_lock *lock);

/// Take a plain lock if it is free. Returns 1 if taken, 0 if not.
int __coco_trylock(struct coco_lock *lock);

/// Release a plain lock that the caller holds.
void __coco_unlock(struct coco_lock *lock);

/// Wait for a plain lock until a time of the monotonic clock in nanoseconds (COCO_FOREVER: no
/// limit). Returns 0, or ETIMEDOUT.
int __coco_lock_until(struct coco_lock *lock, uint64_t deadline);
