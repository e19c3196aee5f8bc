// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/fd.h"

// No object of this kernel is a terminal; a stream to the host may end in one, but is not one.
int isatty(int fd)
{
    if (__coco_fd_marks(fd) >= 0) {
        errno = ENOTTY;
    }
    return 0;
}

char *ttyname(int fd)
{
    (void)isatty(fd); // sets errno
    return NULL;
}

int ttyname_r(int fd, char *buffer, size_t len)
{
    (void)buffer;
    (void)len;
    return __coco_fd_marks(fd) < 0 ? EBADF : ENOTTY;
}
