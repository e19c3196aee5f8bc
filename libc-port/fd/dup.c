// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../private/fd.h"

int dup(int fd)
{
    return __coco_fd_duplicate(fd, 0, 0);
}

int dup2(int fd, int copy)
{
    return __coco_fd_replace(fd, copy, 0);
}

int dup3(int fd, int copy, int flags)
{
    if (fd == copy || (flags & ~(O_CLOEXEC | O_CLOFORK)) != 0) {
        errno = EINVAL;
        return -1;
    }
    return __coco_fd_replace(fd, copy, __coco_fd_marks_of(flags));
}
