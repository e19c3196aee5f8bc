// SPDX-License-Identifier: MIT
// Everything belongs to user and group 0. To keep it so succeeds; another owner cannot be had.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int check(uid_t owner, gid_t group)
{
    if ((owner == 0 || owner == (uid_t)-1) && (group == 0 || group == (gid_t)-1)) {
        return 0;
    }
    errno = EPERM;
    return -1;
}

int fchownat(int dirfd, const char *path, uid_t owner, gid_t group, int flags)
{
    struct stat state;
    return fstatat(dirfd, path, &state, flags) < 0 ? -1 : check(owner, group);
}

int chown(const char *path, uid_t owner, gid_t group)
{
    return fchownat(AT_FDCWD, path, owner, group, 0);
}

int lchown(const char *path, uid_t owner, gid_t group)
{
    return fchownat(AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t owner, gid_t group)
{
    struct stat state;
    return fstat(fd, &state) < 0 ? -1 : check(owner, group);
}
