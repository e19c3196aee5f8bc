// SPDX-License-Identifier: MIT
// Shared memory objects: files in memory, as all files are, in a folder of their own.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../private/shm.h"

int __coco_shm_path(const char *name, const char *prefix, char path[COCO_SHM_PATH_SIZE])
{
    const char *base = name + strspn(name, "/"); // the slash in front may be missing
    if (*base == '\0' || strchr(base, '/') || strcmp(base, ".") == 0 || strcmp(base, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    if (strlen(prefix) + strlen(base) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(path, COCO_SHM_PATH_SIZE, COCO_SHM_FOLDER "/%s%s", prefix, base);
    return 0;
}

int __coco_shm_open(const char *path, int flags, mode_t mode)
{
    int fd = open(path, flags | O_CLOEXEC, mode);
    if (fd < 0 && errno == ENOENT && (flags & O_CREAT)) {
        if (mkdir(COCO_SHM_FOLDER, 01777) < 0 && errno != EEXIST) {
            return -1;
        }
        fd = open(path, flags | O_CLOEXEC, mode);
    }
    return fd;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    char path[COCO_SHM_PATH_SIZE];
    if (__coco_shm_path(name, "", path) < 0) {
        return -1;
    }
    if ((flags & O_ACCMODE) == O_WRONLY ||
        (flags & ~(O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC | O_NOFOLLOW))) {
        errno = EINVAL;
        return -1;
    }
    return __coco_shm_open(path, flags, mode);
}

int shm_unlink(const char *name)
{
    char path[COCO_SHM_PATH_SIZE];
    return __coco_shm_path(name, "", path) < 0 ? -1 : unlink(path);
}
