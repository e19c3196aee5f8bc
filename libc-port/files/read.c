// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/fd.h"
#include "../private/ret.h"

static ssize_t finish(int64_t result)
{
    if (result == COCO_ENOTSUPP) { // the only other kind of object a descriptor can name
        errno = EISDIR;
        return -1;
    }
    return __coco_ret(result);
}

ssize_t read(int fd, void *buffer, size_t len)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t result = 0; // no handle: empty input
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_cp_read(description->handle, buffer, len > SSIZE_MAX ? SSIZE_MAX : len);
    }
    __coco_fd_put(description);
    return finish(result);
}

ssize_t pread(int fd, void *buffer, size_t len, off_t offset)
{
    struct file_description *description = __coco_fd_get_at(fd, offset);
    if (!description) {
        return -1;
    }
    int64_t result = COCO_ENOTSUPP; // no handle: empty input
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_cp_file_pread(description->handle, buffer, len > SSIZE_MAX ? SSIZE_MAX : len,
                                    (uint64_t)offset);
    }
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP) { // a directory, or nothing that has offsets
        struct stat state;
        errno = fstat(fd, &state) == 0 && S_ISDIR(state.st_mode) ? EISDIR : ESPIPE;
        return -1;
    }
    return __coco_ret(result);
}
