// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/cancel.h"
#include "../private/fd.h"

int posix_close(int fd, int flag)
{
    if (flag != 0 && flag != POSIX_CLOSE_RESTART) {
        errno = EINVAL;
        return -1;
    }
    return close(fd);
}

int close(int fd)
{
    __coco_cancel_point(); // before: a descriptor that is closed is closed
    return __coco_fd_close(fd);
}
