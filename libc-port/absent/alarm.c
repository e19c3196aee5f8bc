// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/time.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(alarm, "alarm, ualarm, setitimer, getitimer");

unsigned alarm(unsigned seconds)
{
    (void)seconds;
    errno = ENOSYS;
    return 0;
}

useconds_t ualarm(useconds_t value, useconds_t interval)
{
    (void)value;
    (void)interval;
    errno = ENOSYS;
    return (useconds_t)-1;
}

int setitimer(int which, const struct itimerval *value, struct itimerval *old)
{
    (void)which;
    (void)value;
    (void)old;
    errno = ENOSYS;
    return -1;
}

int getitimer(int which, struct itimerval *value)
{
    (void)which;
    (void)value;
    errno = ENOSYS;
    return -1;
}
