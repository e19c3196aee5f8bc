// SPDX-License-Identifier: MIT
// Mutexes: a lock word, and owner and depth for the kinds that check. Uncontended, no system call.
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include <coconut/types.h>

#include "../private/clock.h"
#include "../private/lock.h"
#include "../private/thread.h"

// The first member of a pthread_mutex_t is the word of a plain lock.
static struct coco_lock *word_of(pthread_mutex_t *mutex)
{
    return (struct coco_lock *)&mutex->__word;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
    *mutex = (pthread_mutex_t){.__type = attr ? attr->__type : PTHREAD_MUTEX_DEFAULT};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return __atomic_load_n(&mutex->__word, __ATOMIC_RELAXED) != 0 ? EBUSY : 0;
}

// The calling thread holds the mutex already. Returns 0 (one level deeper), or the error for it.
static int again(pthread_mutex_t *mutex)
{
    if (mutex->__type != PTHREAD_MUTEX_RECURSIVE) {
        return EDEADLK;
    }
    if (mutex->__count == UINT_MAX) {
        return EAGAIN;
    }
    mutex->__count++;
    return 0;
}

static int held_by_self(pthread_mutex_t *mutex)
{
    return mutex->__type != PTHREAD_MUTEX_NORMAL &&
           __atomic_load_n(&mutex->__owner, __ATOMIC_RELAXED) == __coco_owner();
}

static void own(pthread_mutex_t *mutex)
{
    if (mutex->__type != PTHREAD_MUTEX_NORMAL) {
        __atomic_store_n(&mutex->__owner, __coco_owner(), __ATOMIC_RELAXED);
        mutex->__count = 1;
    }
}

static int lock_until(pthread_mutex_t *mutex, uint64_t deadline)
{
    if (held_by_self(mutex)) {
        return again(mutex);
    }
    int error = __coco_lock_until(word_of(mutex), deadline);
    if (!error) {
        own(mutex);
    }
    return error;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return lock_until(mutex, COCO_FOREVER);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (held_by_self(mutex)) {
        return mutex->__type == PTHREAD_MUTEX_RECURSIVE ? again(mutex) : EBUSY;
    }
    if (!__coco_trylock(word_of(mutex))) {
        return EBUSY;
    }
    own(mutex);
    return 0;
}

int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time)
{
    uint64_t deadline;
    int error = pthread_mutex_trylock(mutex); // a lock that is free needs no valid time
    if (error != EBUSY || held_by_self(mutex)) {
        return error == EBUSY ? EDEADLK : error;
    }
    error = __coco_deadline(clock, time, &deadline);
    return error ? error : lock_until(mutex, deadline);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time)
{
    return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, time);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (mutex->__type != PTHREAD_MUTEX_NORMAL) {
        if (!held_by_self(mutex)) {
            return EPERM;
        }
        if (--mutex->__count > 0) {
            return 0;
        }
        __atomic_store_n(&mutex->__owner, NULL, __ATOMIC_RELAXED);
    }
    __coco_unlock(word_of(mutex));
    return 0;
}
