// SPDX-License-Identifier: MIT
// Timers of timer_create(): a table by number, since a timer_t is none of the kernel's handles.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <coconut/types.h>

/// A timer. Constant while it is in the table, but for the atomic members.
struct posix_timer {
    timer_t id;
    coco_handle_t handle;
    bool has_thread; /* SIGEV_THREAD: the rest is set */
    bool deleted;    /* atomic: its thread shall give it up */
    void (*function)(union sigval);
    union sigval value;
    pthread_attr_t attr; /* of the threads that run `function` */
};

/// Start the thread that waits for a timer with SIGEV_THREAD. @return 0 or an error number
int __coco_timer_thread_start(struct posix_timer *timer);

/// What timer_getoverrun() tells of a timer with SIGEV_THREAD.
void __coco_timer_tell_overruns(const struct posix_timer *timer, int overruns);

/// Take a timer out of the table, close its handle if it has one, and free it.
void __coco_timer_forget(struct posix_timer *timer);

/// What remains of the table in a copy of the process, which has no timers: nothing. Weak: a
/// program without timers has no table.
void __coco_timers_after_fork(void) __attribute__((weak));

/// Nanoseconds as a timespec.
static inline struct timespec __coco_timespec(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000),
                             .tv_nsec = (long)(ns % 1000000000)};
}
