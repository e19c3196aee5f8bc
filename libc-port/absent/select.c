// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/select.h>

#include "../private/absent.h"

COCO_ABSENT(select, "select, pselect");

int select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
           struct timeval *timeout)
{
    (void)count;
    (void)readable;
    (void)writable;
    (void)exceptional;
    (void)timeout;
    errno = ENOSYS;
    return -1;
}

int pselect(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
            const struct timespec *timeout, const sigset_t *mask)
{
    (void)count;
    (void)readable;
    (void)writable;
    (void)exceptional;
    (void)timeout;
    (void)mask;
    errno = ENOSYS;
    return -1;
}
