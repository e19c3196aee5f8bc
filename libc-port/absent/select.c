// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/select.h>

#include "../private/absent.h"

COCO_ABSENT(select, "select");

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
