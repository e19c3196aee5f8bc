// SPDX-License-Identifier: MIT
#include "../private/lock.h"

#include <errno.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

int __coco_trylock(struct coco_lock *lock)
{
    return __coco_lock_take(lock);
}

int __coco_lock_until(struct coco_lock *lock, uint64_t deadline)
{
    if (__coco_lock_take(lock)) {
        return 0;
    }
    // From here on the word says CONTENDED while we hold it or wait: whoever releases it then
    // wakes.
    while (__atomic_exchange_n(&lock->word, COCO_LOCK_CONTENDED, __ATOMIC_ACQUIRE) !=
           COCO_LOCK_FREE) {
        if (coco_futex_wait(&lock->word, COCO_LOCK_CONTENDED, deadline) == COCO_ETIMEDOUT) {
            return ETIMEDOUT;
        }
    }
    return 0;
}

void __coco_lock(struct coco_lock *lock)
{
    (void)__coco_lock_until(lock, COCO_FOREVER); // cannot time out
}

void __coco_unlock(struct coco_lock *lock)
{
    __coco_lock_release(lock);
}
