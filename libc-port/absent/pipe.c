// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(pipe, "pipe, pipe2");

int pipe(int fds[2])
{
    (void)fds;
    errno = ENOSYS;
    return -1;
}

int pipe2(int fds[2], int flags)
{
    (void)fds;
    (void)flags;
    errno = ENOSYS;
    return -1;
}
