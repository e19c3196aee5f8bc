// SPDX-License-Identifier: MIT
#include "../private/clock.h"

#include <errno.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/clock_page.h"
#include "../private/ret.h"

int __coco_kernel_clock(clockid_t clock, uint32_t *out)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *out = COCO_CLOCK_REALTIME;
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
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

// The clock of another process or thread; EINVAL if it is none, or has ended.
static int64_t clock_of_other(clockid_t clock)
{
    uint32_t code = (uint32_t)(-1 - clock);
    uint32_t kind = (code & 1) != 0 ? COCO_CLOCK_THREAD : COCO_CLOCK_PROCESS;
    if (clock >= -2) { // id 0 is no other
        return COCO_EINVAL;
    }
    int64_t ns = coco_clock_of(kind, code >> 1);
    return ns == COCO_ESRCH ? COCO_EINVAL : ns;
}

static int put_time(struct timespec *time, uint64_t ns)
{
    time->tv_sec = (time_t)(ns / COCO_SECOND);
    time->tv_nsec = (long)(ns % COCO_SECOND);
    return 0;
}

// What clock_gettime() does not read from the page, or not before this has mapped it.
static __attribute__((noinline)) int clock_by_call(clockid_t clock, struct timespec *time)
{
    uint32_t number;
    bool known = __coco_kernel_clock(clock, &number) == 0;
    if (known && (number == COCO_CLOCK_REALTIME || number == COCO_CLOCK_MONOTONIC) &&
        __coco_clock_page_map()) {
        return clock_gettime(clock, time);
    }
    int64_t ns = known ? coco_clock_get(number) : clock_of_other(clock);
    return __coco_ret(ns) < 0 ? -1 : put_time(time, (uint64_t)ns);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    uint64_t ns;
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        if (__coco_clock_page_read(1, &ns)) {
            return put_time(time, ns);
        }
        break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        if (__coco_clock_page_read(0, &ns)) {
            return put_time(time, ns);
        }
        break;
    default:
        break;
    }
    return clock_by_call(clock, time);
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
    uint32_t number;
    if (__coco_kernel_clock(clock, &number) != 0 && __coco_ret(clock_of_other(clock)) < 0) {
        return -1;
    }
    if (resolution) {
        *resolution = (struct timespec){.tv_nsec = 1};
    }
    return 0;
}

int clock_settime(clockid_t clock, const struct timespec *time)
{
    uint64_t ns = time->tv_sec >= 0 ? __coco_time_ns(time) : COCO_FOREVER;
    if (clock != CLOCK_REALTIME || !__coco_timespec_valid(time) || ns > COCO_CLOCK_SET_MAX) {
        errno = EINVAL;
        return -1;
    }
    return (int)__coco_ret(coco_clock_set(ns));
}

uint64_t __coco_monotonic(void)
{
    uint64_t time;
    if (__coco_clock_page_read(0, &time) ||
        (__coco_clock_page_map() && __coco_clock_page_read(0, &time))) {
        return time;
    }
    int64_t ns = coco_clock_get(COCO_CLOCK_MONOTONIC);
    return coco_is_error(ns) ? 0 : (uint64_t)ns;
}
