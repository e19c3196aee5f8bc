// SPDX-License-Identifier: MIT
// Condition variables: a sequence number that every wake-up changes and waiters wait to see change.
// A waiter reads it before it lets go of the mutex, so a wake-up that follows cannot be missed.
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/clock.h"

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr)
{
    *cond = (pthread_cond_t){.__clock = attr ? attr->__clock : 0};
    return 0;
}

// Waiters that have been woken may still be on their way out and touch the object. Those that a
// signal killed, or that fork() did not copy, never leave.
int pthread_cond_destroy(pthread_cond_t *cond)
{
    uint64_t limit = 0;
    while (__atomic_load_n(&cond->__waiters, __ATOMIC_ACQUIRE) != 0) {
        uint64_t now = __coco_monotonic();
        limit = limit == 0 ? now + COCO_SECOND : limit;
        if (now >= limit) {
            break;
        }
        (void)coco_thread_yield(); // always succeeds
    }
    return 0;
}

static int wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline)
{
    __atomic_fetch_add(&cond->__waiters, 1, __ATOMIC_SEQ_CST);
    uint32_t sequence = __atomic_load_n(&cond->__sequence, __ATOMIC_SEQ_CST);
    int error = pthread_mutex_unlock(mutex);
    if (error) {
        __atomic_fetch_sub(&cond->__waiters, 1, __ATOMIC_RELEASE);
        return error;
    }
    int64_t result = coco_cp_futex_wait(&cond->__sequence, sequence, deadline);
    __atomic_fetch_sub(&cond->__waiters, 1, __ATOMIC_RELEASE);
    error = pthread_mutex_lock(mutex);
    if (result == COCO_ECANCELED) {
        __coco_cancel_point(); // with the mutex, as cleanup handlers find it
    }
    return result == COCO_ETIMEDOUT && !error ? ETIMEDOUT : error;
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    return wait_until(cond, mutex, COCO_FOREVER);
}

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
                           const struct timespec *time)
{
    uint64_t deadline;
    int error = __coco_deadline(clock, time, &deadline);
    return error ? error : wait_until(cond, mutex, deadline);
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                           const struct timespec *time)
{
    return pthread_cond_clockwait(cond, mutex, cond->__clock ? cond->__clock : CLOCK_REALTIME,
                                  time);
}

static int wake(pthread_cond_t *cond, uint32_t count)
{
    if (__atomic_load_n(&cond->__waiters, __ATOMIC_SEQ_CST) != 0) {
        __atomic_fetch_add(&cond->__sequence, 1, __ATOMIC_SEQ_CST);
        (void)coco_futex_wake(&cond->__sequence, count); // waking nobody is no error
    }
    return 0;
}

int pthread_cond_signal(pthread_cond_t *cond)
{
    return wake(cond, 1);
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
    return wake(cond, UINT_MAX);
}

int pthread_condattr_init(pthread_condattr_t *attr)
{
    *attr = (pthread_condattr_t){0};
    return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return EINVAL;
    }
    attr->__clock = clock;
    return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *attr, clockid_t *clock)
{
    *clock = attr->__clock ? attr->__clock : CLOCK_REALTIME;
    return 0;
}

int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED) {
        return EINVAL;
    }
    attr->__pshared = shared; // all objects work either way, in memory that is shared
    return 0;
}

int pthread_condattr_getpshared(const pthread_condattr_t *attr, int *shared)
{
    *shared = attr->__pshared;
    return 0;
}
