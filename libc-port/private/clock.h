// SPDX-License-Identifier: MIT
// Times. The kernel counts in unsigned 64-bit nanoseconds; a time it cannot hold is "for ever".
#pragma once

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include <coconut/types.h>

#define COCO_SECOND 1000000000ull /* nanoseconds */

/// Whether tv_nsec is within 0..999,999,999.
static inline int __coco_timespec_valid(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < (long)COCO_SECOND;
}

/// A time in nanoseconds, cut to microseconds.
static inline struct timeval __coco_timeval(uint64_t ns)
{
    return (struct timeval){.tv_sec = (time_t)(ns / COCO_SECOND),
                            .tv_usec = (suseconds_t)(ns % COCO_SECOND / 1000)};
}

/// Nanoseconds of a valid timespec; a negative time is 0, one that does not fit COCO_FOREVER.
uint64_t __coco_time_ns(const struct timespec *time);

/// The kernel's deadline for an absolute time of a clock: one of CLOCK_REALTIME passes when that
/// clock shows it, whatever it is set to meanwhile.
/// @param clock  CLOCK_REALTIME or CLOCK_MONOTONIC
/// @param time   NULL for no deadline
/// @param out    nanoseconds, with COCO_DEADLINE_DATE for CLOCK_REALTIME; or COCO_FOREVER
/// @return 0, or EINVAL for another clock or an invalid tv_nsec
int __coco_deadline(clockid_t clock, const struct timespec *time, uint64_t *out);

/// Nanoseconds until such a deadline passes, as the clocks are set now; 0 if it has passed.
uint64_t __coco_time_left(uint64_t deadline);

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
