// SPDX-License-Identifier: MIT
// Processor time. The kernel keeps one figure per process, which counts as user time.
#include <errno.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/ret.h"

#define TICKS_PER_SECOND 100ull /* of times(): sysconf(_SC_CLK_TCK) */

clock_t clock(void)
{
    int64_t ns = coco_clock_get(COCO_CLOCK_PROCESS);
    return coco_is_error(ns) ? (clock_t)-1
                             : (clock_t)((uint64_t)ns / (COCO_SECOND / CLOCKS_PER_SEC));
}

clock_t times(struct tms *out)
{
    int64_t ns = coco_clock_get(COCO_CLOCK_PROCESS);
    if (__coco_ret(ns) < 0) {
        return (clock_t)-1;
    }
    int64_t children = coco_process_children_time();
    *out = (struct tms){
        .tms_utime = (clock_t)((uint64_t)ns / (COCO_SECOND / TICKS_PER_SECOND)),
        .tms_cutime = coco_is_error(children)
                          ? 0
                          : (clock_t)((uint64_t)children / (COCO_SECOND / TICKS_PER_SECOND)),
    };
    return (clock_t)(__coco_monotonic() / (COCO_SECOND / TICKS_PER_SECOND));
}

int getrusage(int who, struct rusage *out)
{
    *out = (struct rusage){0};
    if (who != RUSAGE_SELF && who != RUSAGE_THREAD && who != RUSAGE_CHILDREN) {
        errno = EINVAL;
        return -1;
    }
    int64_t ns = who == RUSAGE_CHILDREN
                     ? coco_process_children_time()
                     : coco_clock_get(who == RUSAGE_SELF ? COCO_CLOCK_PROCESS : COCO_CLOCK_THREAD);
    if (__coco_ret(ns) < 0) {
        return -1;
    }
    out->ru_utime.tv_sec = (time_t)((uint64_t)ns / COCO_SECOND);
    out->ru_utime.tv_usec = (suseconds_t)((uint64_t)ns % COCO_SECOND / 1000);
    return 0;
}

int gettimeofday(struct timeval *time, void *zone)
{
    struct timespec now;
    (void)zone; // obsolete
    if (clock_gettime(CLOCK_REALTIME, &now) < 0) {
        return -1;
    }
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

int timespec_get(struct timespec *time, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}
