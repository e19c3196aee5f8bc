// SPDX-License-Identifier: MIT
// Sleeping. Nothing interrupts a sleep, so it always lasts in full and nothing remains.
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/ret.h"

static int sleep_for(uint64_t ns)
{
    uint64_t deadline;
    if (__builtin_add_overflow(__coco_monotonic(), ns, &deadline)) {
        deadline = COCO_FOREVER;
    }
    return (int)__coco_ret(coco_sleep_until(deadline));
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    if (time->tv_sec < 0 || !__coco_timespec_valid(time)) {
        errno = EINVAL;
        return -1;
    }
    uint64_t ns = __coco_time_ns(time);
    if (left) {
        *left = (struct timespec){0}; // may be the same object as *time
    }
    return sleep_for(ns);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    uint64_t deadline;
    int saved_errno = errno;
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return clock == CLOCK_PROCESS_CPUTIME_ID ? ENOTSUP : EINVAL;
    }
    int error = 0;
    if (flags & TIMER_ABSTIME) {
        error = __coco_deadline(clock, time, &deadline);
        if (!error && __coco_ret(coco_sleep_until(deadline)) < 0) {
            error = errno;
        }
    } else if (nanosleep(time, left) < 0) {
        error = errno;
    }
    errno = saved_errno;
    return error;
}

unsigned sleep(unsigned seconds)
{
    return sleep_for(seconds * COCO_SECOND) < 0 ? seconds : 0;
}

int usleep(useconds_t microseconds)
{
    return sleep_for((uint64_t)microseconds * 1000);
}
