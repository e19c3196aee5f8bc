// SPDX-License-Identifier: MIT
// Sizes of files are not limited but by memory; the limit cannot be changed.
#include <errno.h>
#include <limits.h>
#include <ulimit.h>

long ulimit(int command, ...)
{
    if (command == UL_GETFSIZE) {
        return LONG_MAX / 512;
    }
    errno = command == UL_SETFSIZE ? EPERM : EINVAL;
    return -1;
}
