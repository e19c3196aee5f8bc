// SPDX-License-Identifier: MIT
// SIGEV_THREAD: a thread for each such timer waits for its expirations and starts a thread for
// each. It does not count as one of the program's: the program may end without it.
#include <limits.h>
#include <stdlib.h>

#include <coconut/syscalls.h>

#include "../private/thread.h"
#include "../private/timer.h"

#define SERVICE_STACK (64u * 1024)

struct notification {
    void (*function)(union sigval);
    union sigval value;
};

static void *notify(void *argument)
{
    struct notification notification = *(struct notification *)argument;
    free(argument);
    notification.function(notification.value);
    return NULL;
}

static void expired(struct posix_timer *timer, uint64_t expirations)
{
    pthread_t thread;
    uint64_t overruns = expirations - 1;
    struct notification *notification = malloc(sizeof(*notification));
    __coco_timer_tell_overruns(timer, overruns > INT_MAX ? INT_MAX : (int)overruns);
    if (notification) {
        *notification = (struct notification){timer->function, timer->value};
        if (pthread_create(&thread, &timer->attr, notify, notification) == 0) {
            return;
        }
        free(notification);
    }
    timer->function(timer->value); // no memory for a thread: this one will do
}

static void *serve(void *argument)
{
    struct posix_timer *timer = argument;
    __atomic_fetch_sub(&__coco_thread_count, 1, __ATOMIC_RELAXED);
    for (;;) {
        struct coco_poll entry = {.handle = timer->handle, .wanted = COCO_EVENT_READ};
        struct coco_timer_state state;
        int64_t result = coco_object_poll(&entry, 1, COCO_FOREVER);
        if (__atomic_load_n(&timer->deleted, __ATOMIC_ACQUIRE)) {
            break;
        }
        if (result == 1 &&
            !coco_is_error(coco_timer_get(timer->handle, COCO_TIMER_CONSUME, &state)) &&
            state.expirations > 0) {
            expired(timer, state.expirations);
        }
    }
    __coco_timer_forget(timer);
    __atomic_fetch_add(&__coco_thread_count, 1, __ATOMIC_RELAXED);
    return NULL;
}

int __coco_timer_thread_start(struct posix_timer *timer)
{
    const sigset_t all = ~(sigset_t)0;
    sigset_t before;
    pthread_attr_t attr;
    pthread_t thread;
    (void)pthread_attr_init(&attr); // this and the next three cannot fail with these values
    (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setdetachstate(&timer->attr, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setstacksize(&attr, SERVICE_STACK);
    int error = pthread_sigmask(SIG_SETMASK, &all, &before); // which the new threads inherit
    if (error) {
        return error;
    }
    error = pthread_create(&thread, &attr, serve, timer);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL); // a set that was in force
    return error;
}
