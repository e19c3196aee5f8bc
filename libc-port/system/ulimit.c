// SPDX-License-Identifier: MIT
// The limit on sizes of files, in units of 512 bytes.
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <ulimit.h>

#define UNIT 512u /* bytes */

static long in_units(rlim_t bytes)
{
    return bytes / UNIT < LONG_MAX / UNIT ? (long)(bytes / UNIT) : LONG_MAX / (long)UNIT;
}

static long set(long units)
{
    struct rlimit limit;
    if (units < 0) {
        errno = EINVAL;
        return -1;
    }
    if ((unsigned long)units >= LONG_MAX / UNIT) {
        limit.rlim_cur = RLIM_INFINITY;
    } else {
        limit.rlim_cur = (rlim_t)units * UNIT;
    }
    limit.rlim_max = limit.rlim_cur;
    return setrlimit(RLIMIT_FSIZE, &limit) < 0 ? -1 : in_units(limit.rlim_cur);
}

long ulimit(int command, ...)
{
    struct rlimit limit;
    long units = 0;
    if (command == UL_SETFSIZE) {
        va_list list;
        va_start(list, command);
        units = va_arg(list, long);
        va_end(list);
        return set(units);
    }
    if (command == UL_GETFSIZE) {
        return getrlimit(RLIMIT_FSIZE, &limit) < 0 ? -1 : in_units(limit.rlim_cur);
    }
    errno = EINVAL;
    return -1;
}
