// SPDX-License-Identifier: MIT
// Descriptors from the handles a process starts with. Runs before main, in one thread.
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "../private/fd.h"

// A descriptor for a handle's role, or -1 if the role is not for a descriptor.
static int role_to_fd(uint32_t role)
{
    switch (role) {
    case COCO_ROLE_STDIN:
        return STDIN_FILENO;
    case COCO_ROLE_STDOUT:
        return STDOUT_FILENO;
    case COCO_ROLE_STDERR:
        return STDERR_FILENO;
    default:
        return role >= COCO_ROLE_FD && role - COCO_ROLE_FD < OPEN_MAX ? (int)(role - COCO_ROLE_FD)
                                                                      : -1;
    }
}

static bool is_open(int fd)
{
    return __coco_fd_marks(fd) >= 0;
}

void __coco_fd_start(const struct coco_start_handle *handles, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int fd = role_to_fd(handles[i].role);
        if (fd >= 0 && !is_open(fd)) {
            __coco_fd_install_at(fd, handles[i].handle, COCO_FD_FLAGS_UNKNOWN);
        }
    }
    // A standard descriptor that nobody gave is filled, so that no file the program opens takes its
    // place and is then written to by mistake: empty input, and the log for output.
    if (!is_open(STDIN_FILENO)) {
        __coco_fd_install_at(STDIN_FILENO, COCO_HANDLE_NONE, O_RDONLY);
    }
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        if (!is_open(fd)) {
            __coco_fd_install_at(fd, COCO_HANDLE_LOG, O_WRONLY);
        }
    }
}
