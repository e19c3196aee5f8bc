// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

int pipe2(int fds[2], int flags)
{
    if ((flags & ~(O_CLOEXEC | O_CLOFORK | O_NONBLOCK)) != 0) {
        errno = EINVAL;
        return -1;
    }
    long ends = __coco_ret(coco_pipe_create(flags & O_NONBLOCK ? COCO_STATUS_NONBLOCK : 0));
    if (ends < 0) {
        return -1;
    }
    return __coco_fd_install_two(ends, (const int[]){O_RDONLY, O_WRONLY}, __coco_fd_marks_of(flags),
                                 fds);
}

int pipe(int fds[2])
{
    return pipe2(fds, 0);
}
