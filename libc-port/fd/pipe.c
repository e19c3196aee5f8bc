// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

int pipe2(int fds[2], int flags)
{
    if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0) {
        errno = EINVAL;
        return -1;
    }
    bool cloexec = (flags & O_CLOEXEC) != 0;
    long ends = __coco_ret(coco_pipe_create(flags & O_NONBLOCK ? COCO_STATUS_NONBLOCK : 0));
    if (ends < 0) {
        return -1;
    }
    coco_handle_t reader = (coco_handle_t)ends;
    coco_handle_t writer = (coco_handle_t)(ends >> 32);
    int read_fd = __coco_fd_install(reader, O_RDONLY, NULL, cloexec, 0);
    int write_fd = read_fd < 0 ? -1 : __coco_fd_install(writer, O_WRONLY, NULL, cloexec, 0);
    if (write_fd < 0) {
        int saved_errno = errno;
        (void)coco_close(writer); // always succeeds
        if (read_fd < 0) {
            (void)coco_close(reader);
        } else {
            (void)__coco_fd_close(read_fd); // open since a moment ago
        }
        errno = saved_errno;
        return -1;
    }
    fds[0] = read_fd;
    fds[1] = write_fd;
    return 0;
}

int pipe(int fds[2])
{
    return pipe2(fds, 0);
}
