// SPDX-License-Identifier: MIT
// Pseudo terminals.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "../private/terminal.h"

int posix_openpt(int flags)
{
    return open("/dev/ptmx", flags);
}

// A descriptor that is no terminal is no master either: EINVAL for both.
static int fail(void)
{
    if (errno == ENOTTY) {
        errno = EINVAL;
    }
    return -1;
}

int grantpt(int fd)
{
    struct coco_terminal_info info;
    if (__coco_terminal_info(fd, &info) < 0) {
        return fail();
    }
    if (info.kind != COCO_TERMINAL_MASTER) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

static int64_t unlock(coco_handle_t handle, uint64_t argument)
{
    (void)argument;
    return coco_terminal_unlock(handle);
}

int unlockpt(int fd)
{
    return __coco_terminal_call(fd, unlock, 0) < 0 ? fail() : 0;
}

int ptsname_r(int fd, char *buffer, size_t size)
{
    return __coco_terminal_name(fd, COCO_TERMINAL_OF_MASTER, buffer, size);
}

char *ptsname(int fd)
{
    static char path[COCO_TERMINAL_PATH];
    int error = ptsname_r(fd, path, sizeof(path));
    if (error != 0) {
        errno = error;
        return NULL;
    }
    return path;
}
