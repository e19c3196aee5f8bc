// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(chown, "chown, lchown, fchown, fchownat");

int chown(const char *path, uid_t owner, gid_t group)
{
    (void)path;
    (void)owner;
    (void)group;
    errno = ENOSYS;
    return -1;
}

int lchown(const char *path, uid_t owner, gid_t group)
{
    (void)path;
    (void)owner;
    (void)group;
    errno = ENOSYS;
    return -1;
}

int fchown(int fd, uid_t owner, gid_t group)
{
    (void)fd;
    (void)owner;
    (void)group;
    errno = ENOSYS;
    return -1;
}

int fchownat(int dirfd, const char *path, uid_t owner, gid_t group, int flags)
{
    (void)dirfd;
    (void)path;
    (void)owner;
    (void)group;
    (void)flags;
    errno = ENOSYS;
    return -1;
}
