// SPDX-License-Identifier: MIT
// What can be said about symbolic links on a system without them.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/path.h"
#include "../private/ret.h"

ssize_t readlinkat(int dirfd, const char *path, char *buffer, size_t len)
{
    struct stat state;
    (void)buffer;
    (void)len;
    if (fstatat(dirfd, path, &state, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EINVAL; // it exists, and it is no link
    }
    return -1;
}

ssize_t readlink(const char *path, char *buffer, size_t len)
{
    return readlinkat(AT_FDCWD, path, buffer, len);
}

char *realpath(const char *path, char *resolved)
{
    char absolute[COCO_PATH_MAX];
    struct coco_stat state;
    if (!path) {
        errno = EINVAL;
        return NULL;
    }
    if (__coco_path(path, absolute) < 0 || __coco_ret(coco_file_stat_path(absolute, &state)) < 0) {
        return NULL;
    }
    return resolved ? strcpy(resolved, absolute) : strdup(absolute);
}
