// SPDX-License-Identifier: MIT
// Barriers. The last thread to arrive starts a new round by changing the sequence, which the others
// wait for. The lock is held for a few instructions.
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include <coconut/syscalls.h>

#include "../private/lock.h"

static struct coco_lock *lock_of(pthread_barrier_t *barrier)
{
    return (struct coco_lock *)&barrier->__lock;
}

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr,
                         unsigned count)
{
    (void)attr; // holds nothing that would change the barrier
    if (count == 0) {
        return EINVAL;
    }
    *barrier = (pthread_barrier_t){.__count = count};
    return 0;
}

// Threads of the last round may still be on their way out and touch the object.
int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    __coco_lock(lock_of(barrier));
    unsigned arrived = barrier->__arrived;
    __coco_unlock(lock_of(barrier));
    if (arrived != 0) {
        return EBUSY;
    }
    while (__atomic_load_n(&barrier->__leaving, __ATOMIC_ACQUIRE) != 0) {
        (void)coco_thread_yield(); // always succeeds
    }
    return 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    __coco_lock(lock_of(barrier));
    unsigned sequence = barrier->__sequence;
    int last = ++barrier->__arrived == barrier->__count;
    if (last) {
        barrier->__arrived = 0;
        __atomic_store_n(&barrier->__sequence, sequence + 1, __ATOMIC_RELEASE);
    } else {
        __atomic_fetch_add(&barrier->__leaving, 1, __ATOMIC_RELAXED);
    }
    __coco_unlock(lock_of(barrier));
    if (last) {
        (void)coco_futex_wake(&barrier->__sequence, UINT_MAX); // waking nobody is no error
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    while (__atomic_load_n(&barrier->__sequence, __ATOMIC_ACQUIRE) == sequence) {
        (void)coco_futex_wait(&barrier->__sequence, sequence, COCO_FOREVER); // the loop looks again
    }
    __atomic_fetch_sub(&barrier->__leaving, 1, __ATOMIC_RELEASE);
    return 0;
}

int pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
    *attr = (pthread_barrierattr_t){0};
    return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED) {
        return EINVAL;
    }
    attr->__pshared = shared; // all objects work either way, in memory that is shared
    return 0;
}

int pthread_barrierattr_getpshared(const pthread_barrierattr_t *attr, int *shared)
{
    *shared = attr->__pshared;
    return 0;
}
