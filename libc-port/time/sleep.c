// SPDX-License-Identifier: MIT
// Sleeping. A signal that is handled ends a sleep.
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/clock.h"
#include "../private/ret.h"

// Sleep; when a signal was handled meanwhile, -1 with EINTR and what is left of the time in *left.
static int sleep_for(uint64_t ns, uint64_t *left)
{
    uint64_t deadline;
    if (__builtin_add_overflow(__coco_monotonic(), ns, &deadline)) {
        deadline = COCO_FOREVER;
    }
    int result = (int)__coco_ret(coco_cp_sleep_until(deadline));
    uint64_t now = __coco_monotonic();
    *left = result < 0 && deadline > now ? deadline - now : 0;
    return result;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    if (time->tv_sec < 0 || !__coco_timespec_valid(time)) {
        errno = EINVAL;
        return -1;
    }
    uint64_t rest;
    int result = sleep_for(__coco_time_ns(time), &rest);
    if (left && result < 0) { // may be the same object as *time, which is to be used again
        *left = (struct timespec){.tv_sec = (time_t)(rest / COCO_SECOND),
                                  .tv_nsec = (long)(rest % COCO_SECOND)};
    }
    return result;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    uint64_t deadline;
    int saved_errno = errno;
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return clock == CLOCK_PROCESS_CPUTIME_ID ? ENOTSUP : EINVAL;
    }
    int error = 0;
    if ((flags & TIMER_ABSTIME) && clock == CLOCK_REALTIME) {
        if (!__coco_timespec_valid(time)) {
            error = EINVAL;
        } else if (__coco_ret(coco_cp_sleep_until_date(__coco_time_ns(time))) < 0) {
            error = errno;
        }
    } else if (flags & TIMER_ABSTIME) {
        error = __coco_deadline(clock, time, &deadline);
        if (!error && __coco_ret(coco_cp_sleep_until(deadline)) < 0) {
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
    uint64_t left;
    int saved_errno = errno;
    if (sleep_for(seconds * COCO_SECOND, &left) < 0) {
        errno = saved_errno;
        return (unsigned)((left + COCO_SECOND / 2) / COCO_SECOND);
    }
    return 0;
}

int usleep(useconds_t microseconds)
{
    uint64_t left;
    return sleep_for((uint64_t)microseconds * 1000, &left);
}
