// SPDX-License-Identifier: MIT
#include <limits.h>
#include <pthread.h>

#include <coconut/syscalls.h>

enum { NOT_RUN, RUNNING, RUNNING_AWAITED, DONE };

// The function was left by cancellation: for the next caller it has not run.
static void give_up(void *argument)
{
    pthread_once_t *once = argument;
    if (__atomic_exchange_n(once, NOT_RUN, __ATOMIC_RELEASE) == RUNNING_AWAITED) {
        (void)coco_futex_wake(once, UINT_MAX); // waking nobody is no error
    }
}

int pthread_once(pthread_once_t *once, void (*function)(void))
{
    uint32_t state = __atomic_load_n(once, __ATOMIC_ACQUIRE);
    while (state != DONE) {
        if (state == NOT_RUN) {
            if (__atomic_compare_exchange_n(once, &state, RUNNING, 0, __ATOMIC_ACQUIRE,
                                            __ATOMIC_ACQUIRE)) {
                pthread_cleanup_push(give_up, once);
                function();
                pthread_cleanup_pop(0);
                if (__atomic_exchange_n(once, DONE, __ATOMIC_RELEASE) == RUNNING_AWAITED) {
                    (void)coco_futex_wake(once, UINT_MAX); // waking nobody is no error
                }
                return 0;
            }
            continue;
        }
        if (state == RUNNING && !__atomic_compare_exchange_n(once, &state, RUNNING_AWAITED, 0,
                                                             __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
            continue;
        }
        (void)coco_futex_wait(once, RUNNING_AWAITED,
                              COCO_FOREVER); // the loop looks again
        state = __atomic_load_n(once, __ATOMIC_ACQUIRE);
    }
    return 0;
}
