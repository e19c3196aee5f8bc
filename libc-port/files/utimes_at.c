// SPDX-License-Identifier: MIT
// Times of files by their older interfaces, through utimensat() and futimens().
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/time.h>

// Returns false with errno EINVAL for microseconds out of range.
static bool convert(const struct timeval in[2], struct timespec out[2])
{
    for (int i = 0; i < 2; i++) {
        if (in[i].tv_usec < 0 || in[i].tv_usec >= 1000000) {
            errno = EINVAL;
            return false;
        }
        out[i].tv_sec = in[i].tv_sec;
        out[i].tv_nsec = in[i].tv_usec * 1000;
    }
    return true;
}

int futimes(int fd, const struct timeval times[2])
{
    struct timespec exact[2];
    return times && !convert(times, exact) ? -1 : futimens(fd, times ? exact : NULL);
}

int lutimes(const char *path, const struct timeval times[2])
{
    struct timespec exact[2];
    return times && !convert(times, exact)
               ? -1
               : utimensat(AT_FDCWD, path, times ? exact : NULL, AT_SYMLINK_NOFOLLOW);
}

int futimesat(int folder, const char *path, const struct timeval times[2])
{
    struct timespec exact[2];
    return times && !convert(times, exact) ? -1 : utimensat(folder, path, times ? exact : NULL, 0);
}
