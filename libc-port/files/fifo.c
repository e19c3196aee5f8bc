// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/path.h"
#include "../private/ret.h"

uint32_t __coco_apply_umask(mode_t mode);

int mkfifoat(int dirfd, const char *path, mode_t mode)
{
    struct coco_place place;
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    long result = __coco_place_ret(coco_file_fifo_at(place.dir, path, __coco_apply_umask(mode)));
    __coco_place_done(&place);
    return (int)result;
}

int mkfifo(const char *path, mode_t mode)
{
    return mkfifoat(AT_FDCWD, path, mode);
}

// Devices belong to the kernel: nobody else may make one.
int mknodat(int dirfd, const char *path, mode_t mode, dev_t device)
{
    (void)device;
    switch (mode & S_IFMT) {
    case S_IFIFO:
        return mkfifoat(dirfd, path, mode);
    case 0:
    case S_IFREG: {
        int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & ALLPERMS);
        return fd < 0 ? -1 : close(fd);
    }
    default:
        errno = EPERM;
        return -1;
    }
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    return mknodat(AT_FDCWD, path, mode, device);
}
