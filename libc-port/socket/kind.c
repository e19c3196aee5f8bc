// SPDX-License-Identifier: MIT
#include <errno.h>

#include <coconut/objects.h>
#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"
#include "../private/socket.h"

long __coco_socket_ret(int64_t result)
{
    if (result == COCO_ENOTSUPP) {
        errno = ENOTSOCK;
        return -1;
    }
    return __coco_ret(result);
}

bool __coco_is_socket(coco_handle_t handle)
{
    int64_t info = coco_handle_info(handle);
    return !coco_is_error(info) && (uint32_t)info == COCO_OBJECT_SOCKET;
}

bool __coco_fd_is_socket(int fd)
{
    int saved_errno = errno;
    struct file_description *description = __coco_fd_get(fd);
    bool result = description && __coco_is_socket(description->handle);
    if (description) {
        __coco_fd_put(description);
    }
    errno = saved_errno;
    return result;
}
