// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// There are no users: everything may be read and written. A file can be executed if any of its
// permission bits says so, as for POSIX's privileged user.
int faccessat(int dirfd, const char *path, int mode, int flags)
{
    struct stat state;
    if ((mode & ~(R_OK | W_OK | X_OK)) != 0 || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW)) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (fstatat(dirfd, path, &state, flags & AT_SYMLINK_NOFOLLOW) < 0) {
        return -1;
    }
    if ((mode & X_OK) && !S_ISDIR(state.st_mode) &&
        (state.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
        errno = EACCES;
        return -1;
    }
    return 0;
}

int access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, 0);
}
