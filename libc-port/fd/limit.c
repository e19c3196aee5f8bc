// SPDX-License-Identifier: MIT
#include <limits.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"

void __coco_fd_inherit_limit(void)
{
    struct coco_limit limit;
    if (coco_process_limit(COCO_LIMIT_DESCRIPTORS, NULL, &limit) == 0 && limit.current < OPEN_MAX) {
        __coco_fd_set_limit((int)limit.current);
    }
}
