// SPDX-License-Identifier: MIT
// ioctl(): requests that have functions of their own elsewhere, and two on bytes.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"
#include "../private/terminal.h"

// Bytes that can be read at once, or an error; NOTSUPP where nobody knows.
static int64_t readable(coco_handle_t handle)
{
    struct coco_terminal_info info;
    struct coco_stat state;
    int64_t result = handle == COCO_HANDLE_NONE ? COCO_ENOTSUPP : coco_file_stat(handle, &state);
    if (coco_is_error(result)) {
        return result;
    }
    switch (state.type) {
    case COCO_TYPE_PIPE:
        return (int64_t)state.size;
    case COCO_TYPE_SOCKET:
        return coco_socket_get(handle, COCO_SOCKET_OPTION_READABLE);
    case COCO_TYPE_DEVICE:
        result = coco_terminal_info(handle, &info);
        return coco_is_error(result) ? COCO_ENOTSUPP : info.readable;
    case COCO_TYPE_FILE:
        result = coco_file_seek(handle, 0, COCO_SEEK_CURRENT);
        return coco_is_error(result) || (uint64_t)result > state.size
                   ? 0
                   : (int64_t)state.size - result;
    default:
        return COCO_ENOTSUPP;
    }
}

static int64_t set_nonblocking(coco_handle_t handle, bool on)
{
    return coco_file_status_flags(handle, on ? 0 : COCO_STATUS_NONBLOCK,
                                  on ? COCO_STATUS_NONBLOCK : 0);
}

static int on_bytes(int fd, unsigned long request, int *value)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t result = request == FIONREAD ? readable(description->handle)
                                         : set_nonblocking(description->handle, *value != 0);
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP || result == COCO_ENOTFOUND) {
        errno = ENOTTY;
        return -1;
    }
    if (__coco_ret(result) < 0) {
        return -1;
    }
    if (request == FIONREAD) {
        *value = result < INT_MAX ? (int)result : INT_MAX;
    }
    return 0;
}

static int set_mark(int fd, bool on)
{
    int marks = __coco_fd_marks(fd);
    if (marks < 0) {
        return -1;
    }
    return __coco_fd_set_marks(fd, on ? marks | FD_CLOEXEC : marks & ~FD_CLOEXEC);
}

static int store_id(pid_t id, pid_t *out)
{
    if (id < 0) {
        return -1;
    }
    *out = id;
    return 0;
}

static int64_t control(coco_handle_t handle, uint64_t flags)
{
    return coco_terminal_control(handle, (uint32_t)flags);
}

static int store_unsent(int fd, int *out)
{
    struct coco_terminal_info info;
    if (__coco_terminal_info(fd, &info) < 0) {
        return -1;
    }
    *out = (int)info.unsent;
    return 0;
}

static int on_terminal(int fd, unsigned long request, void *argument)
{
    switch (request) {
    case TIOCGWINSZ:
        return tcgetwinsize(fd, argument);
    case TIOCSWINSZ:
        return tcsetwinsize(fd, argument);
    case TIOCGPGRP:
        return store_id(tcgetpgrp(fd), argument);
    case TIOCSPGRP:
        return tcsetpgrp(fd, *(const pid_t *)argument);
    case TIOCGSID:
        return store_id(tcgetsid(fd), argument);
    case TIOCSCTTY:
        return __coco_terminal_call(fd, control, 0);
    case TIOCNOTTY:
        return __coco_terminal_call(fd, control, COCO_TERMINAL_RELEASE);
    case TIOCOUTQ:
        return store_unsent(fd, argument);
    default:
        if (__coco_fd_marks(fd) >= 0) {
            errno = ENOTTY;
        }
        return -1;
    }
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *); // garbage, and not looked at, for requests without one
    va_end(list);
    switch (request) {
    case FIONREAD:
    case FIONBIO:
        return on_bytes(fd, request, argument);
    case FIOCLEX:
    case FIONCLEX:
        return set_mark(fd, request == FIOCLEX);
    default:
        return on_terminal(fd, request, argument);
    }
}
