// SPDX-License-Identifier: MIT
// The lock of newlib's allocator, with the uncontended case in line. Recursive:
// realloc() holds it while it calls malloc() and free().
#include <malloc.h>
#include <reent.h>
#include <stddef.h>
#include <sys/lock.h>

#include <coconut/syscalls.h>

#include "../private/lock.h"
#include "../private/thread.h"

extern struct __lock __lock___malloc_recursive_mutex;

void __malloc_lock(struct _reent *reent)
{
    struct __lock *lock = &__lock___malloc_recursive_mutex;
    void *self = __coco_self();
    (void)reent;
    if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == self) {
        lock->depth++;
        return;
    }
    uint32_t expected = 0;
    if (!__atomic_compare_exchange_n(&lock->lock.word, &expected, 1, 0, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        __coco_lock(&lock->lock);
    }
    lock->depth = 1;
    __atomic_store_n(&lock->owner, self, __ATOMIC_RELAXED);
}

void __malloc_unlock(struct _reent *reent)
{
    struct __lock *lock = &__lock___malloc_recursive_mutex;
    (void)reent;
    if (--lock->depth == 0) {
        __atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
        if (__atomic_exchange_n(&lock->lock.word, 0, __ATOMIC_RELEASE) != 1) {
            (void)coco_futex_wake(&lock->lock.word, 1); // somebody waits
        }
    }
}
