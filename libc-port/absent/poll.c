// SPDX-License-Identifier: MIT
#include <errno.h>
#include <poll.h>

#include "../private/absent.h"

COCO_ABSENT(poll, "poll");

int poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    (void)descriptors;
    (void)count;
    (void)timeout;
    errno = ENOSYS;
    return -1;
}
