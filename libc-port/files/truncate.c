// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

int ftruncate(int fd, off_t length)
{
    struct file_description *description = __coco_fd_get_at(fd, length);
    if (!description) {
        return -1;
    }
    int64_t result = COCO_ENOTSUPP; // no handle: empty input
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_file_resize(description->handle, (uint64_t)length);
    }
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP || result == COCO_ERDONLY) {
        errno = EINVAL; // POSIX: the descriptor is not open for writing, or no regular file
        return -1;
    }
    return (int)__coco_ret(result);
}

int truncate(const char *path, off_t length)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0) {
        return -1;
    }
    int result = ftruncate(fd, length);
    int saved_errno = errno;
    (void)close(fd); // open a moment ago
    errno = saved_errno;
    return result;
}
