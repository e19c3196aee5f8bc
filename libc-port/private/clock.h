// SPDX-License-Identifier: MIT
// Times. The kernel counts in unsigned 64-bit nanoseconds; a time it cannot hold is "for ever".
#pragma once

#include <stdint.h>
#include <time.h>

#include <coconut/types.h>

#define COCO_SECOND 1000000000ull /* nanoseconds */

/// Whether tv_nsec is within 0..999,999,999.
static inline int __coco_timespec_valid(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < (long)COCO_SECOND;
}

/// Nanoseconds of a valid timespec; a negative time is 0, one that does not fit COCO_FOREVER.
uint64_t __coco_time_ns(const struct timespec *time);

/// The deadline on the kernel's monotonic clock for an absolute time of a clock.
/// @param clock  CLOCK_REALTIME or CLOCK_MONOTONIC
/// @param time   NULL for no deadline
/// @param out    nanoseconds, or COCO_FOREVER
/// @return 0, or EINVAL for another clock or an invalid tv_nsec
int __coco_deadline(clockid_t clock, const struct timespec *time, uint64_t *out);

/// Clocks of other processes and threads are negative numbers: -1 - (id * 2 + 1 for a thread).
#define COCO_CLOCK_ID_MAX 0x3fffffffull

/// Number of the clock of a process or thread; id at most COCO_CLOCK_ID_MAX.
static inline clockid_t __coco_clock_of(uint64_t id, int thread)
{
    return -1 - (clockid_t)(id * 2 + (thread ? 1 : 0));
}

/// The kernel's number of a clock. @return 0, or EINVAL for a clock that it does not have
int __coco_kernel_clock(clockid_t clock, uint32_t *out);

/// The monotonic clock in nanoseconds.
uint64_t __coco_monotonic(void);
