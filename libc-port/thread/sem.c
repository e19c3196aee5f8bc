// SPDX-License-Identifier: MIT
// Unnamed semaphores in one word: the value, and WAITED while threads may be waiting for it to
// leave 0. After a post nothing but the word's address is used, so the waiter may free the
// semaphore.
#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/clock.h"

#define WAITED 0x80000000u

_Static_assert(SEM_VALUE_MAX < WAITED, "value and mark share a word");

int sem_init(sem_t *sem, int shared, unsigned value)
{
    (void)shared; // it works either way, in memory that is shared
    if (value > SEM_VALUE_MAX) {
        errno = EINVAL;
        return -1;
    }
    *sem = (sem_t){.__value = value};
    return 0;
}

int sem_destroy(sem_t *sem)
{
    (void)sem;
    return 0;
}

int sem_trywait(sem_t *sem)
{
    uint32_t value = __atomic_load_n(&sem->__value, __ATOMIC_RELAXED);
    while ((value & ~WAITED) > 0) {
        if (__atomic_compare_exchange_n(&sem->__value, &value, value - 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            return 0;
        }
    }
    errno = EAGAIN;
    return -1;
}

static int wait_until(sem_t *sem, uint64_t deadline)
{
    int saved_errno = errno;
    __coco_cancel_point();
    while (sem_trywait(sem) < 0) {
        uint32_t value = 0;
        bool marked = __atomic_compare_exchange_n(&sem->__value, &value, WAITED, 0,
                                                  __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
                      value == WAITED;
        int64_t result = marked ? coco_cp_futex_wait(&sem->__value, WAITED, deadline) : 0;
        if (result == COCO_ECANCELED) {
            __coco_cancel_point();
        }
        if (result == COCO_ETIMEDOUT || result == COCO_EINTR) {
            errno = result == COCO_EINTR ? EINTR : ETIMEDOUT;
            return -1;
        }
    }
    errno = saved_errno;
    return 0;
}

int sem_wait(sem_t *sem)
{
    return wait_until(sem, COCO_FOREVER);
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *time)
{
    uint64_t deadline;
    int saved_errno = errno;
    __coco_cancel_point();
    if (sem_trywait(sem) == 0) { // a semaphore that is free needs no valid time
        errno = saved_errno;
        return 0;
    }
    int error = __coco_deadline(clock, time, &deadline);
    if (error) {
        errno = error;
        return -1;
    }
    return wait_until(sem, deadline);
}

int sem_timedwait(sem_t *sem, const struct timespec *time)
{
    return sem_clockwait(sem, CLOCK_REALTIME, time);
}

int sem_post(sem_t *sem)
{
    uint32_t value = __atomic_load_n(&sem->__value, __ATOMIC_RELAXED);
    do {
        if ((value & ~WAITED) == SEM_VALUE_MAX) {
            errno = EOVERFLOW;
            return -1;
        }
    } while (!__atomic_compare_exchange_n(&sem->__value, &value, (value & ~WAITED) + 1, 0,
                                          __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    if (value & WAITED) {
        (void)coco_futex_wake(&sem->__value, UINT_MAX); // those that get nothing mark it again
    }
    return 0;
}

int sem_getvalue(sem_t *sem, int *value)
{
    *value = (int)(__atomic_load_n(&sem->__value, __ATOMIC_RELAXED) & ~WAITED);
    return 0;
}
