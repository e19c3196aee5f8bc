// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "../private/fd.h"

int close(int fd)
{
    return __coco_fd_close(fd);
}
