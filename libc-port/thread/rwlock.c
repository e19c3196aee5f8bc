// SPDX-License-Identifier: MIT
// Read-write locks in one word: number of readers, WRITER, WAITED while threads may be waiting for
// it to change, and WRITER_WAITS while one of them is a writer. After a release nothing but the
// word's address is used, so the next holder may free the lock.
//
// Readers do not pass waiting writers, with one exception: a thread that holds a read lock already,
// of whichever object, may have more, as the writer could be waiting for that very thread. The last
// reader leaves WRITER_WAITS to the writer. A writer that lets go takes all marks out and wakes
// all, so that readers have their turn; writers that still wait set the mark again.
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/thread.h"

#define WAITED 0x80000000u
#define WRITER 0x40000000u
#define WRITER_WAITS 0x20000000u
#define READERS 0x1fffffffu

// Readers of a lock that processes share ask after so long whether the writer that holds them up
// still lives.
#define DOUBT 50000000u /* nanoseconds */
#define GRACE 1000000u

int pthread_rwlock_init(pthread_rwlock_t *rwlock, const pthread_rwlockattr_t *attr)
{
    *rwlock = (pthread_rwlock_t){.__pshared = attr ? attr->__pshared : PTHREAD_PROCESS_PRIVATE};
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *rwlock)
{
    return __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED) & (WRITER | READERS) ? EBUSY : 0;
}

static int try_read(pthread_rwlock_t *rwlock)
{
    struct __pthread *self = __coco_self();
    uint32_t bars = WRITER | (self->read_locks == 0 ? WRITER_WAITS : 0);
    uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
    while ((state & bars) == 0 && (state & READERS) != READERS) {
        if (__atomic_compare_exchange_n(&rwlock->__state, &state, state + 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            self->read_locks++;
            return 0;
        }
    }
    return state & bars ? EBUSY : EAGAIN;
}

static int try_write(pthread_rwlock_t *rwlock)
{
    uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
    while ((state & ~(WAITED | WRITER_WAITS)) == 0) {
        if (__atomic_compare_exchange_n(&rwlock->__state, &state, state | WRITER, 0,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            __atomic_store_n(&rwlock->__writer, __coco_owner(), __ATOMIC_RELAXED);
            return 0;
        }
    }
    return EBUSY;
}

// No writer is known to wait any more: those that do say so again, readers have another look.
static void withdraw_writers(pthread_rwlock_t *rwlock)
{
    uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
    while ((state & (WRITER | WRITER_WAITS)) == WRITER_WAITS) {
        if (__atomic_compare_exchange_n(&rwlock->__state, &state, state & ~(WAITED | WRITER_WAITS),
                                        0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            (void)coco_futex_wake(&rwlock->__state, UINT_MAX); // waking nobody is no error
            return;
        }
    }
}

// Wait once for a lock that is held. Returns whether the deadline has passed.
static bool wait_once(pthread_rwlock_t *rwlock, bool writes, uint64_t deadline)
{
    uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
    uint32_t marked = state | WAITED | (writes ? WRITER_WAITS : 0);
    uint32_t bars = WRITER | (writes ? READERS : WRITER_WAITS);
    // Mark the word, unless the way is free by now; whoever frees a marked word wakes all.
    if ((state & bars) == 0 || !__atomic_compare_exchange_n(&rwlock->__state, &state, marked, 0,
                                                            __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        return false;
    }
    bool doubts = !writes && (state & WRITER) == 0 && rwlock->__pshared == PTHREAD_PROCESS_SHARED;
    doubts = doubts && __coco_time_left(deadline) > DOUBT;
    uint64_t until = doubts ? __coco_monotonic() + DOUBT : deadline;
    if (coco_futex_wait(&rwlock->__state, marked, until) != COCO_ETIMEDOUT) {
        return false;
    }
    if (doubts) {
        withdraw_writers(rwlock);
        (void)coco_sleep_until(__coco_monotonic() + GRACE); // a living writer says so meanwhile
        return false;
    }
    return true;
}

static int lock_until(pthread_rwlock_t *rwlock, int (*try)(pthread_rwlock_t *), uint64_t deadline)
{
    int error = try(rwlock);
    if (error == EBUSY && __atomic_load_n(&rwlock->__writer, __ATOMIC_RELAXED) == __coco_owner()) {
        return EDEADLK;
    }
    while (error == EBUSY) {
        bool late = wait_once(rwlock, try == try_write, deadline);
        error = try(rwlock);
        if (error == EBUSY && late) {
            if (try == try_write) {
                withdraw_writers(rwlock);
            }
            return ETIMEDOUT;
        }
    }
    return error;
}

static int timed(pthread_rwlock_t *rwlock, int (*try)(pthread_rwlock_t *), clockid_t clock,
                 const struct timespec *time)
{
    uint64_t deadline;
    int error = try(rwlock);
    if (error != EBUSY) {
        return error; // a lock that is free needs no valid time
    }
    error = __coco_deadline(clock, time, &deadline);
    return error ? error : lock_until(rwlock, try, deadline);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *rwlock)
{
    return lock_until(rwlock, try_read, COCO_FOREVER);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *rwlock)
{
    return lock_until(rwlock, try_write, COCO_FOREVER);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *rwlock)
{
    return try_read(rwlock);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *rwlock)
{
    return try_write(rwlock);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *rwlock, clockid_t clock,
                               const struct timespec *time)
{
    return timed(rwlock, try_read, clock, time);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *rwlock, clockid_t clock,
                               const struct timespec *time)
{
    return timed(rwlock, try_write, clock, time);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *rwlock, const struct timespec *time)
{
    return timed(rwlock, try_read, CLOCK_REALTIME, time);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *rwlock, const struct timespec *time)
{
    return timed(rwlock, try_write, CLOCK_REALTIME, time);
}

int pthread_rwlock_unlock(pthread_rwlock_t *rwlock)
{
    uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
    uint32_t next;
    struct __pthread *self = __coco_self();
    if ((state & (WRITER | READERS)) == 0) {
        return EINVAL; // nobody holds it
    }
    if (state & WRITER) {
        __atomic_store_n(&rwlock->__writer, NULL, __ATOMIC_RELAXED);
    } else if (self->read_locks > 0) {
        self->read_locks--;
    }
    do {
        next = state & WRITER ? 0 : state - 1;
        next = next & READERS ? next : next & WRITER_WAITS;
    } while (!__atomic_compare_exchange_n(&rwlock->__state, &state, next, 0, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    if ((next & READERS) == 0 && (state & WAITED)) {
        (void)coco_futex_wake(&rwlock->__state, UINT_MAX); // waking nobody is no error
    }
    return 0;
}

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
    *attr = (pthread_rwlockattr_t){0};
    return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED) {
        return EINVAL;
    }
    attr->__pshared = shared; // all objects work either way, in memory that is shared
    return 0;
}

int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *attr, int *shared)
{
    *shared = attr->__pshared;
    return 0;
}
