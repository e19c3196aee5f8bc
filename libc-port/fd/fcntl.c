// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
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
