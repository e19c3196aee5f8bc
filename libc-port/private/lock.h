// SPDX-License-Identifier: MIT
// The two locks of this library. Both are all zero when free, need no destruction, and make no
// system call while uncontended. Lock order: sfp/FILE locks, then malloc, then lock pool. No lock
// is held across a call that can block for long. What a signal handler may call takes none of them:
// the handler may have interrupted the holder.
#pragma once

#include <stdint.h>

#include <coconut/syscalls.h>

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

enum { COCO_LOCK_FREE, COCO_LOCK_HELD, COCO_LOCK_CONTENDED };

/// __coco_trylock() in the caller, for the ways that are taken most.
static inline int __coco_lock_take(struct coco_lock *lock)
{
    uint32_t expected = COCO_LOCK_FREE;
    return __atomic_compare_exchange_n(&lock->word, &expected, COCO_LOCK_HELD, 0, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/// __coco_unlock() in the caller.
static inline void __coco_lock_release(struct coco_lock *lock)
{
    uint32_t was = __atomic_exchange_n(&lock->word, COCO_LOCK_FREE, __ATOMIC_RELEASE);
    if (__builtin_expect(was == COCO_LOCK_CONTENDED, 0)) {
        (void)coco_futex_wake(&lock->word, 1); // the address is valid; a count of 0 is no error
    }
}

/// Wait for a plain lock until a time of the monotonic clock in nanoseconds (COCO_FOREVER: no
/// limit). Returns 0, or ETIMEDOUT.
int __coco_lock_until(struct coco_lock *lock, uint64_t deadline);
