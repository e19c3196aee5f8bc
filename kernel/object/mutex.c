// SPDX-License-Identifier: MIT
// Sleeping mutex over a wait queue.
//
// A waiter queues itself and only then marks the mutex contended; whoever unlocks a contended mutex
// wakes one. As the waiter is queued before the mark is visible, the wake-up finds it.
#include <base/check.h>
#include <object/mutex.h>

#define MUTEX_FREE 0u
#define MUTEX_HELD 1u
#define MUTEX_CONTENDED 2u

void mutex_init(struct mutex *mutex)
{
    mutex->state = MUTEX_FREE;
    wait_queue_init(&mutex->waiters);
}

bool mutex_trylock(struct mutex *mutex)
{
    uint32_t expected = MUTEX_FREE;

    return __atomic_compare_exchange_n(&mutex->state, &expected, MUTEX_HELD, false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static __noinline void lock_contended(struct mutex *mutex)
{
    for (;;) {
        struct waiter waiter;

        wait_prepare(&mutex->waiters, &waiter);
        /* Whoever gets it on this path keeps the mark: others may be queued. */
        if (__atomic_exchange_n(&mutex->state, MUTEX_CONTENDED, __ATOMIC_ACQUIRE) == MUTEX_FREE) {
            /* A wake-up that came in between is not needed: the mark makes the unlock wake. */
            (void)wait_cancel(&waiter);
            return;
        }
        wait_commit_uninterruptible(&waiter);
    }
}

void mutex_lock(struct mutex *mutex)
{
    if (unlikely(!mutex_trylock(mutex))) {
        lock_contended(mutex);
    }
}

void mutex_unlock(struct mutex *mutex)
{
    uint32_t before = __atomic_exchange_n(&mutex->state, MUTEX_FREE, __ATOMIC_RELEASE);

    CHECK(before != MUTEX_FREE, "mutex unlocked twice");
    if (unlikely(before == MUTEX_CONTENDED)) {
        wait_wake(&mutex->waiters, 1);
    }
}
