// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(symlink, "symlink, symlinkat");

int symlink(const char *target, const char *path)
{
    (void)target;
    (void)path;
    errno = ENOSYS;
    return -1;
}

int symlinkat(const char *target, int dirfd, const char *path)
{
    (void)target;
    (void)dirfd;
    (void)path;
    errno = ENOSYS;
    return -1;
}
