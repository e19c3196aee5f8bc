// SPDX-License-Identifier: MIT
// Spin locks. A holder may have been preempted, so after a while the waiter gives its time away.
#include <errno.h>
#include <pthread.h>

#include <coconut/syscalls.h>

#define SPINS 100

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED) {
        return EINVAL;
    }
    lock->__word = 0;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    return __atomic_load_n(&lock->__word, __ATOMIC_RELAXED) != 0 ? EBUSY : 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    return __atomic_exchange_n(&lock->__word, 1, __ATOMIC_ACQUIRE) != 0 ? EBUSY : 0;
}

int pthread_spin_lock(pthread_spinlock_t *lock)
{
    for (unsigned tries = 1; pthread_spin_trylock(lock) != 0; tries++) {
        if (tries % SPINS == 0) {
            (void)coco_thread_yield(); // always succeeds
        } else {
            __builtin_ia32_pause();
        }
    }
    return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    __atomic_store_n(&lock->__word, 0, __ATOMIC_RELEASE);
    return 0;
}
