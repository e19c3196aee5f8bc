// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

off_t lseek(int fd, off_t offset, int whence)
{
    static const uint32_t kernel_whence[] = {[SEEK_SET] = COCO_SEEK_SET,
                                             [SEEK_CUR] = COCO_SEEK_CURRENT,
                                             [SEEK_END] = COCO_SEEK_END,
                                             [SEEK_DATA] = COCO_SEEK_DATA,
                                             [SEEK_HOLE] = COCO_SEEK_HOLE};
    if (whence < SEEK_SET || whence > SEEK_HOLE) {
        errno = EINVAL;
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t result = COCO_ESPIPE; // no handle: empty input
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_file_seek(description->handle, offset, kernel_whence[whence]);
    }
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP) { // a directory
        errno = EINVAL;
        return -1;
    }
    return __coco_ret(result);
}
