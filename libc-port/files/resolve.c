// SPDX-License-Identifier: MIT
// The current directory, and paths relative to it or to a directory descriptor.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/fork.h"
#include "../private/lock.h"
#include "../private/path.h"
#include "../private/ret.h"

struct coco_lock __coco_cwd_lock;
static char cwd[COCO_PATH_MAX]; // set by the start code

void __coco_cwd_set(const char *path)
{
    __coco_lock(&__coco_cwd_lock);
    strlcpy(cwd, path, sizeof(cwd));
    __coco_unlock(&__coco_cwd_lock);
}

void __coco_cwd_get(char *out)
{
    __coco_lock(&__coco_cwd_lock);
    strlcpy(out, cwd, COCO_PATH_MAX);
    __coco_unlock(&__coco_cwd_lock);
}

static int join_at_fd(int fd, const char *path, char *out, bool *directory)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return EBADF;
    }
    const char *base = __coco_fd_directory(description);
    int error = base ? __coco_path_join(base, path, out, directory) : ENOTDIR;
    __coco_fd_put(description);
    return error;
}

int __coco_path_at(int dirfd, const char *path, char *out, bool *directory)
{
    int error;
    if (!path) {
        error = EFAULT;
    } else if (*path == '/') {
        error = __coco_path_join("/", path, out, directory);
    } else if (dirfd != AT_FDCWD) {
        error = join_at_fd(dirfd, path, out, directory);
    } else {
        __coco_lock(&__coco_cwd_lock);
        error = __coco_path_join(cwd, path, out, directory);
        __coco_unlock(&__coco_cwd_lock);
    }
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int __coco_path(const char *path, char *out)
{
    bool directory;
    if (__coco_path_at(AT_FDCWD, path, out, &directory) < 0) {
        return -1;
    }
    if (!directory) {
        return 0;
    }
    struct coco_stat state;
    if (__coco_ret(coco_file_stat_path(out, &state)) < 0) {
        return -1;
    }
    if (state.type != COCO_TYPE_DIR) {
        errno = ENOTDIR;
        return -1;
    }
    return 0;
}

int chdir(const char *path)
{
    char absolute[COCO_PATH_MAX];
    struct coco_stat state;
    bool directory;
    if (__coco_path_at(AT_FDCWD, path, absolute, &directory) < 0 ||
        __coco_ret(coco_file_stat_path(absolute, &state)) < 0) {
        return -1;
    }
    if (state.type != COCO_TYPE_DIR) {
        errno = ENOTDIR;
        return -1;
    }
    __coco_cwd_set(absolute);
    return 0;
}

int fchdir(int fd)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    const char *path = __coco_fd_directory(description);
    int result = path ? chdir(path) : -1;
    __coco_fd_put(description);
    return result;
}

char *getcwd(char *buffer, size_t size)
{
    char path[COCO_PATH_MAX];
    if (buffer && size == 0) {
        errno = EINVAL;
        return NULL;
    }
    __coco_cwd_get(path);
    size_t len = strlen(path) + 1;
    if (size != 0 && len > size) {
        errno = ERANGE;
        return NULL;
    }
    if (!buffer) {
        buffer = malloc(size ? size : len);
    }
    return buffer ? memcpy(buffer, path, len) : NULL;
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}
