// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/time.h>
#include <time.h>

int settimeofday(const struct timeval *time, const struct timezone *zone)
{
    if (zone || !time || time->tv_usec < 0 || time->tv_usec >= 1000000) {
        errno = EINVAL; // the time zone is the environment's
        return -1;
    }
    const struct timespec precise = {.tv_sec = time->tv_sec, .tv_nsec = time->tv_usec * 1000};
    return clock_settime(CLOCK_REALTIME, &precise);
}
