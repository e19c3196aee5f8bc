// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../private/fd.h"
#include "../private/path.h"

// Path of the directory that `path` names. @return 0, or -1 with errno
static int directory_path(const char *path, char *out)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct file_description *description = fd < 0 ? NULL : __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int result = __coco_directory_path(description->handle, out);
    int saved_errno = errno;
    __coco_fd_put(description);
    (void)close(fd); // open since above
    errno = saved_errno;
    return result;
}

// Split a path, which ends in no slash, behind its last slash. @return the last name; `folder` gets
// the path before it
static const char *split(const char *path, char *folder)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        strcpy(folder, ".");
        return path;
    }
    size_t len = slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, path, len);
    folder[len] = '\0';
    return slash + 1;
}

// Replace a path that names a symbolic link by where that leads. @return 1, 0 if it names no link,
// or -1 with errno
static int follow(char *path, char *target, char *folder)
{
    ssize_t len = readlink(path, target, COCO_PATH_MAX - 1);
    if (len < 0) {
        return errno == EINVAL ? 0 : -1;
    }
    target[len] = '\0';
    (void)split(path, folder);
    size_t folder_len = *target == '/' ? 0 : strlen(folder) + 1;
    if (folder_len + (size_t)len >= COCO_PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (folder_len > 0) {
        memcpy(path, folder, folder_len - 1);
        path[folder_len - 1] = '/';
    }
    memcpy(path + folder_len, target, (size_t)len + 1);
    return 1;
}

struct buffers {
    char path[COCO_PATH_MAX];
    char target[COCO_PATH_MAX];
    char folder[COCO_PATH_MAX];
};

// The path of what is no directory: that of the directory it stands in, and its name there.
static int file_path(struct buffers *buffers, char *out)
{
    int links = 0;
    int more;
    while ((more = follow(buffers->path, buffers->target, buffers->folder)) > 0) {
        if (links++ == COCO_LINKS_FOLLOWED_MAX) {
            errno = ELOOP;
            return -1;
        }
    }
    if (more < 0) {
        return -1;
    }
    const char *name = split(buffers->path, buffers->folder);
    if (directory_path(buffers->folder, buffers->target) < 0) {
        return -1;
    }
    int error = __coco_path_append(buffers->target, name, out);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

static int resolve(const char *path, char *out)
{
    struct stat state;
    size_t len = strlen(path);
    if (stat(path, &state) < 0) {
        return -1;
    }
    if (S_ISDIR(state.st_mode)) {
        return directory_path(path, out);
    }
    struct buffers *buffers = malloc(sizeof(*buffers));
    if (!buffers) {
        return -1;
    }
    memcpy(buffers->path, path, len + 1); // shorter than COCO_PATH_MAX, or stat() had failed
    int result = file_path(buffers, out);
    int saved_errno = errno;
    free(buffers);
    errno = saved_errno;
    return result;
}

char *realpath(const char *path, char *resolved)
{
    char absolute[COCO_PATH_MAX];
    if (!path) {
        errno = EINVAL;
        return NULL;
    }
    if (resolve(path, absolute) < 0) {
        return NULL;
    }
    return resolved ? strcpy(resolved, absolute) : strdup(absolute);
}
