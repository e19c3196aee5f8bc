// SPDX-License-Identifier: MIT
// Files live in memory that programs use too; what is free of it is not told to programs.
#include <errno.h>
#include <sys/statvfs.h>

#include "../private/absent.h"

COCO_ABSENT(statvfs, "statvfs, fstatvfs");

int statvfs(const char *path, struct statvfs *out)
{
    (void)path;
    (void)out;
    errno = ENOSYS;
    return -1;
}

int fstatvfs(int fd, struct statvfs *out)
{
    (void)fd;
    (void)out;
    errno = ENOSYS;
    return -1;
}
