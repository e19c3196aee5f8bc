// SPDX-License-Identifier: MIT
// Interval timers and alarms: the kernel's three timers of a process.
#include <errno.h>
#include <sys/time.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/ret.h"

#define MICROSECOND 1000ull /* nanoseconds */

_Static_assert(ITIMER_REAL == COCO_INTERVAL_REAL && ITIMER_VIRTUAL == COCO_INTERVAL_VIRTUAL &&
                   ITIMER_PROF == COCO_INTERVAL_PROFILE,
               "numbers are passed on as they are");

static int valid(const struct timeval *time)
{
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < 1000000;
}

static uint64_t to_ns(const struct timeval *time)
{
    const struct timespec fine = {.tv_sec = time->tv_sec, .tv_nsec = time->tv_usec * 1000};
    return __coco_time_ns(&fine);
}

// Rounded up, so that a timer that is armed does not seem to be off.
static struct timeval to_timeval(uint64_t ns)
{
    uint64_t us = (ns + MICROSECOND - 1) / MICROSECOND;
    return (struct timeval){.tv_sec = (time_t)(us / 1000000),
                            .tv_usec = (suseconds_t)(us % 1000000)};
}

static struct itimerval to_itimerval(const struct coco_timer_state *state)
{
    return (struct itimerval){.it_value = to_timeval(state->remaining),
                              .it_interval = to_timeval(state->interval)};
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
    struct coco_timer_state before;
    if (!valid(&value->it_value) || !valid(&value->it_interval)) {
        errno = EINVAL;
        return -1;
    }
    const struct coco_timer_setting setting = {.value = to_ns(&value->it_value),
                                               .interval = to_ns(&value->it_interval)};
    if (__coco_ret(coco_interval_timer((uint32_t)which, &setting, &before)) < 0) {
        return -1;
    }
    if (old) {
        *old = to_itimerval(&before);
    }
    return 0;
}

int getitimer(int which, struct itimerval *value)
{
    struct coco_timer_state state;
    if (__coco_ret(coco_interval_timer((uint32_t)which, NULL, &state)) < 0) {
        return -1;
    }
    *value = to_itimerval(&state);
    return 0;
}

unsigned alarm(unsigned seconds)
{
    const struct coco_timer_setting setting = {.value = seconds * COCO_SECOND};
    struct coco_timer_state before;
    if (__coco_ret(coco_interval_timer(COCO_INTERVAL_REAL, &setting, &before)) < 0) {
        return 0;
    }
    uint64_t left = (before.remaining + COCO_SECOND / 2) / COCO_SECOND;
    return left == 0 && before.remaining != 0 ? 1 : (unsigned)left;
}

useconds_t ualarm(useconds_t value, useconds_t interval)
{
    const struct coco_timer_setting setting = {.value = value * MICROSECOND,
                                               .interval = interval * MICROSECOND};
    struct coco_timer_state before;
    if (__coco_ret(coco_interval_timer(COCO_INTERVAL_REAL, &setting, &before)) < 0) {
        return (useconds_t)-1;
    }
    return (useconds_t)((before.remaining + MICROSECOND - 1) / MICROSECOND);
}
