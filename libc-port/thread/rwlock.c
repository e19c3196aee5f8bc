// SPDX-License-Identifier: MIT
// Read-write locks in one word: number of readers, WRITER, and WAITED while threads may be waiting
// for it to change. After a release nothing but the word's address is used, so the next holder may
// free the lock. Readers pass waiting writers, so that a thread may take the read lock twice.
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/thread.h"

#define WAITED 0x80000000u
#define WRITER 0x40000000u
#define READERS 0x3fffffffu

int pthread_rwlock_init(pthread_rwlock_t *rwlock, const pthread_rwlockattr_t *attr)
{
    (void)attr; // holds nothing that would change the lock
    *rwlock = (pthread_rwlock_t){0};
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *rwlock)
{
    return __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED) != 0 ? EBUSY : 0;
}

static int try_read(pthread_rwlock_t *rwlock)
{
    uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
    while ((state & WRITER) == 0 && (state & READERS) != READERS) {
        if (__atomic_compare_exchange_n(&rwlock->__state, &state, state + 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            return 0;
        }
    }
    return state & WRITER ? EBUSY : EAGAIN;
}

static int try_write(pthread_rwlock_t *rwlock)
{
    uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
    while ((state & ~WAITED) == 0) {
        if (__atomic_compare_exchange_n(&rwlock->__state, &state, state | WRITER, 0,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            __atomic_store_n(&rwlock->__writer, __coco_owner(), __ATOMIC_RELAXED);
            return 0;
        }
    }
    return EBUSY;
}

static int lock_until(pthread_rwlock_t *rwlock, int (*try)(pthread_rwlock_t *), uint64_t deadline)
{
    int error = try(rwlock);
    if (error == EBUSY && __atomic_load_n(&rwlock->__writer, __ATOMIC_RELAXED) == __coco_owner()) {
        return EDEADLK;
    }
    while (error == EBUSY) {
        uint32_t state = __atomic_load_n(&rwlock->__state, __ATOMIC_RELAXED);
        int64_t result = 0;
        // Mark the word, unless it is free by now; whoever frees a marked word wakes all.
        if ((state & ~WAITED) != 0 &&
            __atomic_compare_exchange_n(&rwlock->__state, &state, state | WAITED, 0,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            result = coco_futex_wait(&rwlock->__state, state | WAITED, deadline);
        }
        error = try(rwlock);
        if (error == EBUSY && result == COCO_ETIMEDOUT) {
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
    if (state & WRITER) {
        __atomic_store_n(&rwlock->__writer, NULL, __ATOMIC_RELAXED);
    }
    do {
        next = state & WRITER ? 0 : state - 1;
        next = next & READERS ? next : 0; // the last one out takes the mark along
    } while (!__atomic_compare_exchange_n(&rwlock->__state, &state, next, 0, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    if (next == 0 && (state & WAITED)) {
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
