// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(link, "link, linkat");

int link(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = ENOSYS;
    return -1;
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    (void)from_fd;
    (void)from;
    (void)to_fd;
    (void)to;
    (void)flags;
    errno = ENOSYS;
    return -1;
}
