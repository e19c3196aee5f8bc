// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "../private/absent.h"

COCO_ABSENT(timer, "timer_create, timer_delete, timer_settime, timer_gettime, timer_getoverrun");

int timer_create(clockid_t clock, struct sigevent *event, timer_t *timer)
{
    (void)clock;
    (void)event;
    (void)timer;
    errno = ENOSYS;
    return -1;
}

int timer_delete(timer_t timer)
{
    (void)timer;
    errno = ENOSYS;
    return -1;
}

int timer_settime(timer_t timer, int flags, const struct itimerspec *value, struct itimerspec *old)
{
    (void)timer;
    (void)flags;
    (void)value;
    (void)old;
    errno = ENOSYS;
    return -1;
}

int timer_gettime(timer_t timer, struct itimerspec *value)
{
    (void)timer;
    (void)value;
    errno = ENOSYS;
    return -1;
}

int timer_getoverrun(timer_t timer)
{
    (void)timer;
    errno = ENOSYS;
    return -1;
}
