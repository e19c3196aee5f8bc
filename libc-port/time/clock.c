// SPDX-License-Identifier: MIT
#include "../private/clock.h"

#include <errno.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"

int __coco_kernel_clock(clockid_t clock, uint32_t *out)
{
    switch (clock) {
    case CLOCK_REALTIME:
        *out = COCO_CLOCK_REALTIME;
        return 0;
    case CLOCK_MONOTONIC:
        *out = COCO_CLOCK_MONOTONIC;
        return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
        *out = COCO_CLOCK_PROCESS;
        return 0;
    case CLOCK_THREAD_CPUTIME_ID:
        *out = COCO_CLOCK_THREAD;
        return 0;
    default:
        return EINVAL;
    }
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    uint32_t number;
    if (__coco_kernel_clock(clock, &number) != 0) {
        errno = EINVAL;
        return -1;
    }
    int64_t ns = coco_clock_get(number);
    if (__coco_ret(ns) < 0) {
        return -1;
    }
    time->tv_sec = (time_t)((uint64_t)ns / COCO_SECOND);
    time->tv_nsec = (long)((uint64_t)ns % COCO_SECOND);
    return 0;
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
    uint32_t number;
    if (__coco_kernel_clock(clock, &number) != 0) {
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

uint64_t __coco_monotonic(void)
{
    int64_t ns = coco_clock_get(COCO_CLOCK_MONOTONIC);
    return coco_is_error(ns) ? 0 : (uint64_t)ns;
}
