// SPDX-License-Identifier: MIT
// Making, renaming and removing names.
#include <errno.h>
#include <fcntl.h>
#include <reent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/path.h"
#include "../private/ret.h"

uint32_t __coco_apply_umask(mode_t mode);
int _rename(const char *from, const char *to);

static int remove_at(int dirfd, const char *path, uint32_t flags)
{
    struct coco_place place;
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    long result = __coco_place_ret(coco_file_unlink_at(place.dir, path, flags));
    __coco_place_done(&place);
    return (int)result;
}

int unlink(const char *path)
{
    return remove_at(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return remove_at(AT_FDCWD, path, COCO_UNLINK_DIRECTORY);
}

int unlinkat(int dirfd, const char *path, int flags)
{
    if ((flags & ~AT_REMOVEDIR) != 0) {
        errno = EINVAL;
        return -1;
    }
    return remove_at(dirfd, path, flags & AT_REMOVEDIR ? COCO_UNLINK_DIRECTORY : 0);
}

// newlib's knows files only.
int remove(const char *path)
{
    if (unlink(path) == 0) {
        return 0;
    }
    return errno == EISDIR ? rmdir(path) : -1;
}

// newlib's tmpfile() calls it.
int _remove_r(struct _reent *reent, const char *path)
{
    (void)reent; // errno is thread-local
    return remove(path);
}

int mkdirat(int dirfd, const char *path, mode_t mode)
{
    struct coco_place place;
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    long result = __coco_place_ret(coco_file_mkdir_at(place.dir, path, __coco_apply_umask(mode)));
    __coco_place_done(&place);
    return (int)result;
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    struct coco_place source;
    struct coco_place target;
    if (__coco_place(from_fd, from, &source) < 0) {
        return -1;
    }
    if (__coco_place(to_fd, to, &target) < 0) {
        __coco_place_done(&source);
        return -1;
    }
    long result = __coco_place_ret(coco_file_rename_at(source.dir, from, target.dir, to));
    __coco_place_done(&target);
    __coco_place_done(&source);
    return (int)result;
}

// newlib's rename() calls it.
int _rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
