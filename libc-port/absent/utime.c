// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

#include "../private/absent.h"

COCO_ABSENT(utime, "utime, utimes, futimens, utimensat");

int utime(const char *path, const struct utimbuf *times)
{
    (void)path;
    (void)times;
    errno = ENOSYS;
    return -1;
}

int utimes(const char *path, const struct timeval times[2])
{
    (void)path;
    (void)times;
    errno = ENOSYS;
    return -1;
}

int futimens(int fd, const struct timespec times[2])
{
    (void)fd;
    (void)times;
    errno = ENOSYS;
    return -1;
}

int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
    (void)dirfd;
    (void)path;
    (void)times;
    (void)flags;
    errno = ENOSYS;
    return -1;
}
