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
    char absolute[COCO_PATH_MAX];
    bool directory;
    if (__coco_path_at(dirfd, path, absolute, &directory) < 0) {
        return -1;
    }
    if (directory && !(flags & COCO_UNLINK_DIRECTORY)) {
        struct coco_stat state;
        if (__coco_ret(coco_file_stat_path(absolute, &state)) == 0) {
            errno = state.type == COCO_TYPE_DIR ? EISDIR : ENOTDIR;
        }
        return -1;
    }
    return (int)__coco_ret(coco_file_unlink(absolute, flags));
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
    char absolute[COCO_PATH_MAX];
    bool directory;
    if (__coco_path_at(dirfd, path, absolute, &directory) < 0) {
        return -1;
    }
    return (int)__coco_ret(coco_file_mkdir(absolute, __coco_apply_umask(mode)));
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

// The target may end in a slash if a directory is renamed, whether it exists or not.
static int check_directory(const char *path)
{
    struct coco_stat state;
    if (__coco_ret(coco_file_stat_path(path, &state)) < 0) {
        return -1;
    }
    if (state.type != COCO_TYPE_DIR) {
        errno = ENOTDIR;
        return -1;
    }
    return 0;
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    char absolute_from[COCO_PATH_MAX];
    char absolute_to[COCO_PATH_MAX];
    bool from_directory;
    bool to_directory;
    if (__coco_path_at(from_fd, from, absolute_from, &from_directory) < 0 ||
        __coco_path_at(to_fd, to, absolute_to, &to_directory) < 0) {
        return -1;
    }
    if ((from_directory || to_directory) && check_directory(absolute_from) < 0) {
        return -1;
    }
    return (int)__coco_ret(coco_file_rename(absolute_from, absolute_to));
}

// newlib's rename() calls it.
int _rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
