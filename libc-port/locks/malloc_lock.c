// SPDX-License-Identifier: MIT
// The lock of newlib's allocator, without newlib's detour over two more functions. Recursive:
// realloc() holds it while it calls malloc() and free().
#include <malloc.h>
#include <reent.h>
#include <sys/lock.h>

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
    if (!__coco_trylock(&lock->lock)) {
        __coco_lock(&lock->lock);
    }
    lock->depth = 1;
    __atomic_store_n(&lock->owner, self, __ATOMIC_RELAXED);
}

void __malloc_unlock(struct _reent *reent)
{
    (void)reent;
    __retarget_lock_release_recursive(&__lock___malloc_recursive_mutex);
}
