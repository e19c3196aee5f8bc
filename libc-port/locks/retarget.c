// SPDX-License-Identifier: MIT
// newlib's locks. newlib declares some of them statically and creates one for each stdio stream
// through an interface that cannot report failure: when memory is out, streams share one lock,
// which is slower but safe, because all locks here are recursive.
#include <stddef.h>
#include <stdlib.h>
#include <sys/lock.h>

#include "../private/lock.h"
#include "../private/thread.h"

#define STATIC_LOCKS 8 /* standard streams and the first files need no malloc */

struct __lock __lock___sfp_recursive_mutex;
struct __lock __lock___atexit_recursive_mutex;
struct __lock __lock___at_quick_exit_mutex;
struct __lock __lock___malloc_recursive_mutex;
struct __lock __lock___env_recursive_mutex;
struct __lock __lock___tz_mutex;
struct __lock __lock___dd_hash_mutex;
struct __lock __lock___arc4random_mutex;

static struct __lock shared_lock;
static struct __lock static_locks[STATIC_LOCKS];
static uint32_t static_used; // bit n: static_locks[n] is in use

static struct __lock *take_static(void)
{
    uint32_t used = __atomic_load_n(&static_used, __ATOMIC_RELAXED);
    while (used != (1u << STATIC_LOCKS) - 1) {
        unsigned index = (unsigned)__builtin_ctz(~used);
        if (__atomic_compare_exchange_n(&static_used, &used, used | 1u << index, 0,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            return &static_locks[index];
        }
    }
    return NULL;
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
    struct __lock *result = take_static();
    if (!result) {
        result = malloc(sizeof(*result));
    }
    if (!result) {
        *lock = &shared_lock;
        return;
    }
    *result = (struct __lock){0};
    *lock = result;
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
    if (lock == &shared_lock) {
        return;
    }
    if (lock >= static_locks && lock < static_locks + STATIC_LOCKS) {
        uint32_t bit = 1u << (unsigned)(lock - static_locks);
        __atomic_fetch_and(&static_used, ~bit, __ATOMIC_RELEASE);
        return;
    }
    free(lock);
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
    void *self = __coco_self();
    // Only the owner can read its own address here, so a relaxed look is enough.
    if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == self) {
        lock->depth++;
        return;
    }
    __coco_lock(&lock->lock);
    lock->depth = 1;
    __atomic_store_n(&lock->owner, self, __ATOMIC_RELAXED);
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
    void *self = __coco_self();
    if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == self) {
        lock->depth++;
        return 1;
    }
    if (!__coco_trylock(&lock->lock)) {
        return 0;
    }
    lock->depth = 1;
    __atomic_store_n(&lock->owner, self, __ATOMIC_RELAXED);
    return 1;
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
    if (--lock->depth == 0) {
        __atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
        __coco_unlock(&lock->lock);
    }
}

void __retarget_lock_init(_LOCK_T *lock)
{
    __retarget_lock_init_recursive(lock);
}

void __retarget_lock_close(_LOCK_T lock)
{
    __retarget_lock_close_recursive(lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
    __retarget_lock_acquire_recursive(lock);
}

int __retarget_lock_try_acquire(_LOCK_T lock)
{
    return __retarget_lock_try_acquire_recursive(lock);
}

void __retarget_lock_release(_LOCK_T lock)
{
    __retarget_lock_release_recursive(lock);
}
