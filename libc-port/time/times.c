// SPDX-License-Identifier: MIT
// Processor time.
#include <errno.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/ret.h"

#define KIB 1024u
#define TICKS_PER_SECOND 100ull /* of times(): sysconf(_SC_CLK_TCK) */

clock_t clock(void)
{
    int64_t ns = coco_clock_get(COCO_CLOCK_PROCESS);
    return coco_is_error(ns) ? (clock_t)-1
                             : (clock_t)((uint64_t)ns / (COCO_SECOND / CLOCKS_PER_SEC));
}

static clock_t ticks(uint64_t ns)
{
    return (clock_t)(ns / (COCO_SECOND / TICKS_PER_SECOND));
}

clock_t times(struct tms *out)
{
    struct coco_usage used;
    if (__coco_ret(coco_process_usage(COCO_USAGE_PROCESS, 0, &used)) < 0) {
        return (clock_t)-1;
    }
    *out = (struct tms){
        .tms_utime = ticks(used.user),
        .tms_stime = ticks(used.system),
        .tms_cutime = ticks(used.children_user),
        .tms_cstime = ticks(used.children_system),
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
    struct coco_usage used;
    uint32_t which = who == RUSAGE_THREAD ? COCO_USAGE_THREAD : COCO_USAGE_PROCESS;
    if (__coco_ret(coco_process_usage(which, 0, &used)) < 0) {
        return -1;
    }
    struct coco_memory_usage memory;
    if (__coco_ret(coco_process_memory(0, &memory)) < 0) {
        return -1;
    }
    bool children = who == RUSAGE_CHILDREN;
    out->ru_maxrss = (long)((children ? memory.children_most : memory.present_most) / KIB);
    out->ru_utime = __coco_timeval(children ? used.children_user : used.user);
    out->ru_stime = __coco_timeval(children ? used.children_system : used.system);
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
