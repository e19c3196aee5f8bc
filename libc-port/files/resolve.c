// SPDX-License-Identifier: MIT
// Where paths start. The current directory is a directory handle: it is the directory, not its
// name, so it stays when it or one above it is renamed.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/objects.h>
#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/path.h"
#include "../private/ret.h"

// Until the first chdir(): the directory that the process started in could not be opened.
static bool gone; // atomic

// @return the current directory's description, for __coco_fd_put(); NULL for the root
static struct file_description *hold_cwd(bool *none)
{
    struct file_description *cwd = __coco_fd_hold_cwd();
    *none = !cwd && __atomic_load_n(&gone, __ATOMIC_RELAXED);
    return cwd;
}

void __coco_cwd_set(const char *path)
{
    bool root = path[0] == '/' && path[1] == '\0';
    int64_t handle =
        root ? 0
             : coco_file_open_at(COCO_HANDLE_NONE, path, COCO_FILE_READ | COCO_FILE_DIRECTORY, 0);
    gone = coco_is_error(handle);
    if (!root && !gone) {
        (void)__coco_fd_set_cwd((coco_handle_t)handle); // there is room at start
    }
}

// Take a handle over as the current directory. On failure it is closed.
static int change(coco_handle_t handle)
{
    if (__coco_fd_set_cwd(handle) < 0) {
        (void)coco_close(handle); // always succeeds
        return -1;
    }
    return 0;
}

int __coco_place(int dirfd, const char *path, struct coco_place *out)
{
    *out = (struct coco_place){.dir = COCO_HANDLE_NONE, .path = path};
    if (!path) {
        errno = EFAULT;
        return -1;
    }
    if (*path == '/') {
        return 0;
    }
    if (dirfd == AT_FDCWD) {
        bool none;
        out->description = hold_cwd(&none);
        out->dir = out->description ? out->description->handle : COCO_HANDLE_NONE;
        if (none) {
            errno = ENOENT;
            return -1;
        }
        return 0;
    }
    out->description = __coco_fd_get(dirfd);
    if (!out->description) {
        return -1;
    }
    out->dir = out->description->handle;
    if (out->dir == COCO_HANDLE_NONE) { // empty input, and not the root
        __coco_place_done(out);
        errno = ENOTDIR;
        return -1;
    }
    return 0;
}

void __coco_place_done(struct coco_place *place)
{
    if (place->description) {
        __coco_fd_put(place->description); // leaves errno alone
    }
    place->description = NULL;
}

long __coco_place_ret(int64_t result)
{
    if (result == COCO_ENOTSUPP) {
        errno = ENOTDIR;
        return -1;
    }
    return __coco_ret(result);
}

int __coco_directory_path(coco_handle_t dir, char *out)
{
    int64_t len = coco_file_path(dir, out, COCO_PATH_MAX - 1);
    if (coco_is_error(len)) {
        errno = len == COCO_EOVERFLOW ? ENAMETOOLONG : __coco_errno(len);
        errno = len == COCO_ENOTSUPP ? ENOTDIR : errno;
        return -1;
    }
    out[len] = '\0';
    return 0;
}

// Path of the current directory. @return 0, or -1 with errno
static int cwd_path(char *out)
{
    bool none;
    struct file_description *cwd = hold_cwd(&none);
    if (none) {
        errno = ENOENT;
        return -1;
    }
    if (!cwd) {
        strcpy(out, "/");
        return 0;
    }
    int result = __coco_directory_path(cwd->handle, out);
    __coco_fd_put(cwd);
    return result;
}

void __coco_cwd_get(char *out)
{
    int saved_errno = errno;
    if (cwd_path(out) < 0) {
        *out = '\0';
    }
    errno = saved_errno;
}

int __coco_path(const char *path, char *out)
{
    char base[COCO_PATH_MAX] = "";
    if (*path != '/' && cwd_path(base) < 0) {
        return -1;
    }
    int error = __coco_path_append(base, path, out);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int chdir(const char *path)
{
    struct coco_place place;
    if (__coco_place(AT_FDCWD, path, &place) < 0) {
        return -1;
    }
    long handle = __coco_place_ret(
        coco_file_open_at(place.dir, path, COCO_FILE_READ | COCO_FILE_DIRECTORY, 0));
    __coco_place_done(&place);
    return handle < 0 ? -1 : change((coco_handle_t)handle);
}

int fchdir(int fd)
{
    struct coco_place place;
    struct coco_stat state;
    if (__coco_place(fd, ".", &place) < 0) {
        return -1;
    }
    // The directory must be one that paths can start at, which a removed one is not.
    long handle = __coco_place_ret(coco_file_stat_at(place.dir, ".", 0, &state));
    if (handle == 0) {
        handle = __coco_ret(coco_handle_duplicate(place.dir, COCO_RIGHTS_SAME));
    }
    __coco_place_done(&place);
    return handle < 0 ? -1 : change((coco_handle_t)handle);
}

char *getcwd(char *buffer, size_t size)
{
    char path[COCO_PATH_MAX];
    if (buffer && size == 0) {
        errno = EINVAL;
        return NULL;
    }
    if (cwd_path(path) < 0) {
        return NULL;
    }
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
