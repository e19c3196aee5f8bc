// SPDX-License-Identifier: MIT
#include "../private/clock.h"

#include <errno.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"

// Kernel clock for a POSIX one, or -1.
static int kernel_clock(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME:
        return COCO_CLOCK_REALTIME;
    case CLOCK_MONOTONIC:
        return COCO_CLOCK_MONOTONIC;
    case CLOCK_PROCESS_CPUTIME_ID:
        return COCO_CLOCK_PROCESS;
    case CLOCK_THREAD_CPUTIME_ID:
        return COCO_CLOCK_THREAD;
    default:
        return -1;
    }
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int number = kernel_clock(clock);
    if (number < 0) {
        errno = EINVAL;
        return -1;
    }
    int64_t ns = coco_clock_get((uint32_t)number);
    if (__coco_ret(ns) < 0) {
        return -1;
    }
    time->tv_sec = (time_t)((uint64_t)ns / COCO_SECOND);
    time->tv_nsec = (long)((uint64_t)ns % COCO_SECOND);
    return 0;
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
    if (kernel_clock(clock) < 0) {
        errno = EINVAL;
        return -1;
    }
    if (resolution) {
        *resolution = (struct timespec){.tv_nsec = 1};
    }
    return 0;
}

int clock_settime(clockid_t clock, const struct timespec *time)
{
    (void)time;
    errno = clock == CLOCK_REALTIME ? EPERM : EINVAL; // no program may set the machine's clock
    return -1;
}

int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    if (pid != 0) {
        return ESRCH;
    }
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}

uint64_t __coco_monotonic(void)
{
    int64_t ns = coco_clock_get(COCO_CLOCK_MONOTONIC);
    return coco_is_error(ns) ? 0 : (uint64_t)ns;
}
