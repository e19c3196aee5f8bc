// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/record_lock.h"
#include "../private/ret.h"

#define CHANGEABLE (O_APPEND | O_NONBLOCK)

static uint8_t to_status(int flags)
{
    return (uint8_t)((flags & O_APPEND ? COCO_STATUS_APPEND : 0) |
                     (flags & O_NONBLOCK ? COCO_STATUS_NONBLOCK : 0));
}

// The flags that can change live in the kernel, where all who share the description see them.
// Returns those before, or 0 for what has none: a directory, and input that nobody gave.
static int64_t change_status(struct file_description *description, uint32_t clear, uint32_t set)
{
    if (description->handle == COCO_HANDLE_NONE) {
        return 0;
    }
    int64_t before = coco_file_status_flags(description->handle, clear, set);
    return before == COCO_ENOTSUPP ? 0 : before;
}

static int get_flags(int fd)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int flags = __coco_fd_flags(description);
    if (flags >= 0) {
        long status = __coco_ret(change_status(description, 0, 0));
        flags &= ~CHANGEABLE;
        flags |= status & COCO_STATUS_APPEND ? O_APPEND : 0;
        flags |= status & COCO_STATUS_NONBLOCK ? O_NONBLOCK : 0;
        flags = status < 0 ? -1 : flags;
    }
    __coco_fd_put(description);
    return flags;
}

static int set_flags(int fd, int wanted)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    long before = __coco_ret(change_status(description, COCO_STATUS_MASK, to_status(wanted)));
    __coco_fd_put(description);
    return before < 0 ? -1 : 0;
}

static int duplicate(int fd, int lowest, int marks)
{
    if (__coco_fd_marks(fd) < 0) {
        return -1; // EBADF
    }
    if (lowest < 0 || lowest >= __coco_fd_limit()) {
        errno = EINVAL;
        return -1;
    }
    return __coco_fd_duplicate(fd, lowest, marks);
}

static int with_number(int fd, int command, int argument)
{
    switch (command) {
    case F_DUPFD:
        return duplicate(fd, argument, 0);
    case F_DUPFD_CLOEXEC:
        return duplicate(fd, argument, FD_CLOEXEC);
    case F_DUPFD_CLOFORK:
        return duplicate(fd, argument, FD_CLOFORK);
    case F_GETFD:
        return __coco_fd_marks(fd);
    case F_SETFD:
        return __coco_fd_set_marks(fd, argument & (FD_CLOEXEC | FD_CLOFORK));
    case F_GETFL:
        return get_flags(fd);
    case F_SETFL:
        return set_flags(fd, argument);
    default:
        errno = EINVAL;
        return -1;
    }
}

int fcntl(int fd, int command, ...)
{
    int result;
    va_list list;
    va_start(list, command);
    switch (command) {
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        result = __coco_record_lock(fd, command, va_arg(list, struct flock *));
        break;
    default: // garbage, and not looked at, for commands without an argument
        result = with_number(fd, command, va_arg(list, int));
    }
    va_end(list);
    return result;
}
