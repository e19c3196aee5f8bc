// SPDX-License-Identifier: MIT
// Shared memory objects: files in memory, as all files are, in a folder of their own.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/dev/shm"
#define PATH_LEN (sizeof(FOLDER) + NAME_MAX + 2)

// The path for a name, whose slash in front may be missing. -1 with errno: EINVAL or ENAMETOOLONG.
static int path_of(const char *name, char path[PATH_LEN])
{
    const char *base = name + strspn(name, "/");
    if (*base == '\0' || strchr(base, '/') || strcmp(base, ".") == 0 || strcmp(base, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    if (strlen(base) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(path, PATH_LEN, FOLDER "/%s", base);
    return 0;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    char path[PATH_LEN];
    if (path_of(name, path) < 0) {
        return -1;
    }
    if ((flags & O_ACCMODE) == O_WRONLY ||
        (flags & ~(O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC | O_NOFOLLOW))) {
        errno = EINVAL;
        return -1;
    }
    int fd = open(path, flags | O_CLOEXEC, mode);
    if (fd < 0 && errno == ENOENT && (flags & O_CREAT)) {
        if (mkdir(FOLDER, 01777) < 0 && errno != EEXIST) {
            return -1;
        }
        fd = open(path, flags | O_CLOEXEC, mode);
    }
    return fd;
}

int shm_unlink(const char *name)
{
    char path[PATH_LEN];
    return path_of(name, path) < 0 ? -1 : unlink(path);
}
