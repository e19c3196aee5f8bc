// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/file.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(flock, "flock, lockf");

int flock(int fd, int operation)
{
    (void)fd;
    (void)operation;
    errno = ENOSYS;
    return -1;
}

int lockf(int fd, int command, off_t length)
{
    (void)fd;
    (void)command;
    (void)length;
    errno = ENOSYS;
    return -1;
}
