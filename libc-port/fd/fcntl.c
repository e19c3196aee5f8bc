// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#include "../private/fd.h"

static int get_flags(int fd)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int flags = __coco_fd_flags(description);
    __coco_fd_put(description);
    return flags;
}

// Only O_APPEND can change. O_NONBLOCK is kept as the program set it, but no call heeds it: a file
// never blocks, and a stream cannot be asked.
static int set_flags(int fd, int wanted)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int flags = __coco_fd_flags(description);
    int result = -1;
    if (flags >= 0 && (flags & O_APPEND) != 0 && (wanted & O_APPEND) == 0 && !description->append) {
        errno = EINVAL; // the kernel appends for as long as the file is open
    } else if (flags >= 0) {
        bool append = (wanted & O_APPEND) != 0 && (description->append || !(flags & O_APPEND));
        __atomic_store_n(&description->append, append, __ATOMIC_RELAXED);
        flags = (flags & ~(O_APPEND | O_NONBLOCK)) | (wanted & (O_APPEND | O_NONBLOCK));
        __atomic_store_n(&description->flags, flags, __ATOMIC_RELAXED);
        result = 0;
    }
    __coco_fd_put(description);
    return result;
}

int fcntl(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    int argument = va_arg(list, int); // garbage, and not looked at, for commands without one
    va_end(list);
    switch (command) {
    case F_DUPFD:
        return __coco_fd_duplicate(fd, argument, false);
    case F_DUPFD_CLOEXEC:
        return __coco_fd_duplicate(fd, argument, true);
    case F_GETFD: {
        int mark = __coco_fd_cloexec(fd);
        return mark > 0 ? FD_CLOEXEC : mark;
    }
    case F_SETFD:
        return __coco_fd_set_cloexec(fd, (argument & FD_CLOEXEC) != 0);
    case F_GETFL:
        return get_flags(fd);
    case F_SETFL:
        return set_flags(fd, argument);
    default: // record locks among them
        errno = EINVAL;
        return -1;
    }
}
