// SPDX-License-Identifier: MIT
// Symbolic links, and names beyond the first.
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/path.h"
#include "../private/ret.h"

ssize_t readlinkat(int dirfd, const char *path, char *buffer, size_t len)
{
    struct coco_place place;
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    long result = __coco_place_ret(coco_file_readlink_at(place.dir, path, buffer, len));
    __coco_place_done(&place);
    return result;
}

ssize_t readlink(const char *path, char *buffer, size_t len)
{
    return readlinkat(AT_FDCWD, path, buffer, len);
}

int symlinkat(const char *target, int dirfd, const char *path)
{
    struct coco_place place;
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    long result = __coco_place_ret(coco_file_symlink_at(target, place.dir, path));
    __coco_place_done(&place);
    return (int)result;
}

int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    struct coco_place source;
    struct coco_place target;
    if ((flags & ~AT_SYMLINK_FOLLOW) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (__coco_place(from_fd, from, &source) < 0) {
        return -1;
    }
    if (__coco_place(to_fd, to, &target) < 0) {
        __coco_place_done(&source);
        return -1;
    }
    long result = __coco_place_ret(coco_file_link_at(
        source.dir, from, target.dir, to, flags & AT_SYMLINK_FOLLOW ? COCO_FILE_LINK_FOLLOW : 0));
    __coco_place_done(&target);
    __coco_place_done(&source);
    return (int)result;
}

// POSIX leaves it open whether a symbolic link gets the name or what it leads to: the link does.
int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}
