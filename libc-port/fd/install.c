// SPDX-License-Identifier: MIT
#include <errno.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"

int __coco_fd_install(coco_handle_t handle, int flags, int marks)
{
    struct fd_place place;
    return __coco_fd_reserve(&place) < 0 ? -1 : __coco_fd_fill(&place, handle, flags, marks);
}

int __coco_fd_install_two(int64_t handles, const int flags[2], int marks, int out[2])
{
    coco_handle_t first = (coco_handle_t)handles;
    coco_handle_t second = (coco_handle_t)(handles >> 32);
    int first_fd = __coco_fd_install(first, flags[0], marks);
    int second_fd = first_fd < 0 ? -1 : __coco_fd_install(second, flags[1], marks);
    if (second_fd < 0) {
        int saved_errno = errno;
        (void)coco_close(second); // always succeeds
        if (first_fd < 0) {
            (void)coco_close(first);
        } else {
            (void)__coco_fd_close(first_fd); // open since a moment ago
        }
        errno = saved_errno;
        return -1;
    }
    out[0] = first_fd;
    out[1] = second_fd;
    return 0;
}
