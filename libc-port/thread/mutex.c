// SPDX-License-Identifier: MIT
// Mutexes: a lock word, and owner and depth for the kinds that check. Uncontended, no system call
// (robust.c: but for a thread's first robust one).
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include <coconut/types.h>

#include "../private/clock.h"
#include "../private/lock.h"
#include "../private/mutex.h"
#include "../private/thread.h"

// The first member of a pthread_mutex_t is the word of a plain lock.
static struct coco_lock *word_of(pthread_mutex_t *mutex)
{
    return (struct coco_lock *)&mutex->__word;
}

// PTHREAD_MUTEX_* of a mutex.
static int kind_of(const pthread_mutex_t *mutex)
{
    return mutex->__type & COCO_MUTEX_KIND;
}

static bool is_robust(const pthread_mutex_t *mutex)
{
    return (mutex->__type & COCO_MUTEX_ROBUST) != 0;
}

// Only these two count and know their owner, in __count and __owner; a robust mutex has its owner
// in the word.
static bool checks(const pthread_mutex_t *mutex)
{
    return kind_of(mutex) != PTHREAD_MUTEX_NORMAL;
}

// Only a word: what most mutexes are.
static bool is_plain(const pthread_mutex_t *mutex)
{
    return (mutex->__type & ~COCO_MUTEX_SHARED) == PTHREAD_MUTEX_NORMAL;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
    int type = PTHREAD_MUTEX_DEFAULT;
    if (attr) {
        type = attr->__type | (attr->__robust == PTHREAD_MUTEX_ROBUST ? COCO_MUTEX_ROBUST : 0) |
               (attr->__pshared == PTHREAD_PROCESS_SHARED ? COCO_MUTEX_SHARED : 0);
    }
    *mutex = (pthread_mutex_t){.__type = type};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    bool unused = is_robust(mutex) ? __coco_robust_unused(mutex)
                                   : __atomic_load_n(&mutex->__word, __ATOMIC_RELAXED) == 0;
    return unused ? 0 : EBUSY;
}

// The calling thread in __owner: of a mutex of this process alone it stays the owner in the copy
// that fork() makes.
static pthread_t owner_here(const pthread_mutex_t *mutex)
{
    return mutex->__type & COCO_MUTEX_SHARED ? __coco_owner() : __coco_self_id();
}

static bool held_by_self(const pthread_mutex_t *mutex)
{
    if (is_robust(mutex)) {
        return __coco_robust_held(mutex);
    }
    return checks(mutex) && __atomic_load_n(&mutex->__owner, __ATOMIC_RELAXED) == owner_here(mutex);
}

// The calling thread holds the mutex already. Returns 0 (one level deeper), or the error for it.
static int again(pthread_mutex_t *mutex)
{
    if (kind_of(mutex) != PTHREAD_MUTEX_RECURSIVE) {
        return EDEADLK;
    }
    if (mutex->__count == UINT_MAX) {
        return EAGAIN;
    }
    mutex->__count++;
    return 0;
}

static void own(pthread_mutex_t *mutex)
{
    if (checks(mutex)) {
        __atomic_store_n(&mutex->__owner, owner_here(mutex), __ATOMIC_RELAXED);
        mutex->__count = 1;
    }
}

static int lock_until(pthread_mutex_t *mutex, uint64_t deadline)
{
    // One of type NORMAL that the thread holds it waits for, in vain, as POSIX has it.
    if (checks(mutex) && held_by_self(mutex)) {
        return again(mutex);
    }
    int error = is_robust(mutex) ? __coco_robust_lock(mutex, deadline)
                                 : __coco_lock_until(word_of(mutex), deadline);
    if (!error || error == EOWNERDEAD) {
        own(mutex);
    }
    return error;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (is_plain(mutex) && __coco_lock_take(word_of(mutex))) {
        return 0;
    }
    return lock_until(mutex, COCO_FOREVER);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (held_by_self(mutex)) {
        return kind_of(mutex) == PTHREAD_MUTEX_RECURSIVE ? again(mutex) : EBUSY;
    }
    if (is_robust(mutex)) {
        return lock_until(mutex, COCO_MUTEX_TRY);
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
    if (error != EBUSY || (checks(mutex) && held_by_self(mutex))) {
        return error == EBUSY ? EDEADLK : error;
    }
    error = __coco_deadline(clock, time, &deadline);
    return error ? error : lock_until(mutex, deadline);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time)
{
    return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, time);
}

// All kinds but the plain ones.
static __attribute__((noinline)) int unlock_checked(pthread_mutex_t *mutex)
{
    if (!held_by_self(mutex)) {
        return EPERM;
    }
    if (checks(mutex)) {
        if (--mutex->__count > 0) {
            return 0;
        }
        __atomic_store_n(&mutex->__owner, NULL, __ATOMIC_RELAXED);
    }
    if (is_robust(mutex)) {
        __coco_robust_unlock(mutex);
    } else {
        __coco_unlock(word_of(mutex));
    }
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (is_plain(mutex)) {
        __coco_lock_release(word_of(mutex));
        return 0;
    }
    return unlock_checked(mutex);
}
