// SPDX-License-Identifier: MIT
// Modes of streams. newlib's parser of them does not know `e` in this configuration.
#include <errno.h>
#include <fcntl.h>
#include <reent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int __sflags(struct _reent *reent, const char *mode, int *open_flags);

/* The flags of newlib's stream and those of open(); 0 and EINVAL if it is no mode. */
int __sflags(struct _reent *reent, const char *mode, int *open_flags)
{
    (void)reent;
    bool update = strchr(mode, '+') != NULL;
    int access = O_WRONLY;
    int stream = __SWR;
    int how = 0;
    switch (*mode) {
    case 'r':
        access = O_RDONLY;
        stream = __SRD;
        break;
    case 'w':
        how = O_CREAT | O_TRUNC;
        break;
    case 'a':
        how = O_CREAT | O_APPEND;
        stream |= __SAPP;
        break;
    default:
        errno = EINVAL;
        return 0;
    }
    if (update) {
        access = O_RDWR;
        stream = (stream & __SAPP) | __SRW;
    }
    how |= strchr(mode, 'e') ? O_CLOEXEC : 0;
    how |= strchr(mode, 'x') ? O_EXCL : 0;
    *open_flags = access | how;
    return stream;
}

// newlib's has no `e`, and calls a mode that the descriptor does not allow EBADF.
FILE *fdopen(int fd, const char *mode)
{
    FILE *stream = _fdopen_r(_REENT, fd, mode);
    if (stream && strchr(mode, 'e')) {
        fcntl(fd, F_SETFD, fcntl(fd, F_GETFD) | FD_CLOEXEC);
    } else if (!stream && errno == EBADF && fcntl(fd, F_GETFD) != -1) {
        errno = EINVAL;
    }
    return stream;
}
