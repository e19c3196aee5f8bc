// SPDX-License-Identifier: MIT
// Threads, keys and once of C11 on POSIX's.
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <threads.h>

#include "../private/c11.h"
#include "../private/thread.h"

_Static_assert(TSS_DTOR_ITERATIONS == PTHREAD_DESTRUCTOR_ITERATIONS, "one loop serves both");

int __coco_c11_result(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    case ENOMEM:
    case EAGAIN:
        return thrd_nomem;
    default:
        return thrd_error;
    }
}

static void *as_result(int result)
{
    return (void *)(intptr_t)result;
}

// In the new thread: its start function is one of C11's.
static void *start(void *function)
{
    thrd_start_t call = (thrd_start_t)(uintptr_t)function;
    return as_result(call(__coco_self()->c11_argument));
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
    return __coco_c11_result(
        __coco_thread_create(thread, NULL, start, (void *)(uintptr_t)function, argument));
}

thrd_t thrd_current(void)
{
    return pthread_self();
}

int thrd_detach(thrd_t thread)
{
    return __coco_c11_result(pthread_detach(thread));
}

int thrd_equal(thrd_t a, thrd_t b)
{
    return pthread_equal(a, b);
}

_Noreturn void thrd_exit(int result)
{
    pthread_exit(as_result(result));
}

int thrd_join(thrd_t thread, int *result)
{
    void *value;
    int error = pthread_join(thread, &value);
    if (!error && result) {
        *result = (int)(intptr_t)value;
    }
    return __coco_c11_result(error);
}

int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    int error = clock_nanosleep(CLOCK_REALTIME, 0, time, left);
    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}

void thrd_yield(void)
{
    (void)sched_yield(); // always succeeds
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
    return pthread_key_create(key, destructor) == 0 ? thrd_success : thrd_error;
}

void tss_delete(tss_t key)
{
    (void)pthread_key_delete(key); // C11 has no way to tell
}

void *tss_get(tss_t key)
{
    return pthread_getspecific(key);
}

int tss_set(tss_t key, void *value)
{
    return __coco_c11_result(pthread_setspecific(key, value));
}

void call_once(once_flag *flag, void (*function)(void))
{
    (void)pthread_once(flag, function); // always succeeds
}
