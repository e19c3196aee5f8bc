// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/stat.h>

#include "../private/absent.h"

COCO_ABSENT(mknod, "mkfifo, mkfifoat, mknod, mknodat");

int mkfifo(const char *path, mode_t mode)
{
    (void)path;
    (void)mode;
    errno = ENOSYS;
    return -1;
}

int mkfifoat(int dirfd, const char *path, mode_t mode)
{
    (void)dirfd;
    (void)path;
    (void)mode;
    errno = ENOSYS;
    return -1;
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    (void)path;
    (void)mode;
    (void)device;
    errno = ENOSYS;
    return -1;
}

int mknodat(int dirfd, const char *path, mode_t mode, dev_t device)
{
    (void)dirfd;
    (void)path;
    (void)mode;
    (void)device;
    errno = ENOSYS;
    return -1;
}
