// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/fd.h"
#include "../private/ret.h"

ssize_t write(int fd, const void *buffer, size_t len)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t result = COCO_ERDONLY;
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_cp_write(description->handle, buffer, len > SSIZE_MAX ? SSIZE_MAX : len);
    }
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP) { // a directory, which is never open for writing
        errno = EBADF;
        return -1;
    }
    if (result == COCO_EPIPE) {
        (void)raise(SIGPIPE); // a valid signal; with a handler, or ignored, we come back
    }
    return __coco_ret(result);
}

ssize_t pwrite(int fd, const void *buffer, size_t len, off_t offset)
{
    struct file_description *description = __coco_fd_get_at(fd, offset);
    if (!description) {
        return -1;
    }
    int64_t result = COCO_ENOTSUPP; // no handle: empty input
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_cp_file_pwrite(description->handle, buffer, len > SSIZE_MAX ? SSIZE_MAX : len,
                                     (uint64_t)offset);
    }
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP) {
        errno = ESPIPE;
        return -1;
    }
    return __coco_ret(result);
}
