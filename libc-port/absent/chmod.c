// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/stat.h>

#include "../private/absent.h"

COCO_ABSENT(chmod, "chmod, fchmod, fchmodat");

int chmod(const char *path, mode_t mode)
{
    (void)path;
    (void)mode;
    errno = ENOSYS;
    return -1;
}

int fchmod(int fd, mode_t mode)
{
    (void)fd;
    (void)mode;
    errno = ENOSYS;
    return -1;
}

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
    (void)dirfd;
    (void)path;
    (void)mode;
    (void)flags;
    errno = ENOSYS;
    return -1;
}
