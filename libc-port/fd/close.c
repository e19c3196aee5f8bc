// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "../private/cancel.h"
#include "../private/fd.h"

int close(int fd)
{
    __coco_cancel_point(); // before: a descriptor that is closed is closed
    return __coco_fd_close(fd);
}
