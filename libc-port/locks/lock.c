// SPDX-License-Identifier: MIT
#include "../private/lock.h"

#include <errno.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

enum { FREE, HELD, CONTENDED };

int __coco_trylock(struct coco_lock *lock)
{
    uint32_t expected = FREE;
    return __atomic_compare_exchange_n(&lock->word, &expected, HELD, 0, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

int __coco_lock_until(struct coco_lock *lock, uint64_t deadline)
{
    if (__coco_trylock(lock)) {
        return 0;
    }
    // From here on the word says CONTENDED while we hold it or wait: whoever releases it then
    // wakes.
    while (__atomic_exchange_n(&lock->word, CONTENDED, __ATOMIC_ACQUIRE) != FREE) {
        if (coco_futex_wait(&lock->word, CONTENDED, deadline) == COCO_ETIMEDOUT) {
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
    if (__atomic_exchange_n(&lock->word, FREE, __ATOMIC_RELEASE) == CONTENDED) {
        (void)coco_futex_wake(&lock->word, 1); // the address is valid; a count of 0 is no error
    }
}
