// SPDX-License-Identifier: MIT
#include <errno.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"

uint64_t __coco_time_ns(const struct timespec *time)
{
    uint64_t ns;
    if (time->tv_sec < 0) {
        return 0;
    }
    if (__builtin_mul_overflow((uint64_t)time->tv_sec, COCO_SECOND, &ns) ||
        __builtin_add_overflow(ns, (uint64_t)time->tv_nsec, &ns)) {
        return COCO_FOREVER;
    }
    return ns;
}

int __coco_deadline(clockid_t clock, const struct timespec *time, uint64_t *out)
{
    *out = COCO_FOREVER;
    if (!time) {
        return 0;
    }
    if (!__coco_timespec_valid(time) || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)) {
        return EINVAL;
    }
    uint64_t ns = __coco_time_ns(time);
    if (ns >= COCO_DEADLINE_DATE) {
        ns = COCO_FOREVER;
    } else if (clock == CLOCK_REALTIME) {
        ns |= COCO_DEADLINE_DATE;
    }
    *out = ns;
    return 0;
}

uint64_t __coco_time_left(uint64_t deadline)
{
    uint64_t now = __coco_monotonic();
    if (deadline == COCO_FOREVER) {
        return COCO_FOREVER;
    }
    if (deadline & COCO_DEADLINE_DATE) {
        int64_t date = coco_clock_get(COCO_CLOCK_REALTIME); // always succeeds
        now = date > 0 ? (uint64_t)date : 0;
        deadline &= ~COCO_DEADLINE_DATE;
    }
    return deadline > now ? deadline - now : 0;
}
