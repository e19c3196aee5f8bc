// SPDX-License-Identifier: MIT
// A mode is given when a file is made and cannot be changed after that. Setting the mode a file has
// succeeds, as programs that copy a file with its mode do it.
#include <errno.h>
#include <sys/stat.h>

#include "../private/absent.h"

COCO_ABSENT(chmod, "chmod, fchmod, fchmodat");

#define MODE_BITS 07777u

static int keep(const struct stat *state, mode_t mode)
{
    if ((state->st_mode & MODE_BITS) == (mode & MODE_BITS)) {
        return 0;
    }
    errno = ENOSYS;
    return -1;
}

int chmod(const char *path, mode_t mode)
{
    struct stat state;
    return stat(path, &state) < 0 ? -1 : keep(&state, mode);
}

int fchmod(int fd, mode_t mode)
{
    struct stat state;
    return fstat(fd, &state) < 0 ? -1 : keep(&state, mode);
}

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
    struct stat state;
    return fstatat(dirfd, path, &state, flags) < 0 ? -1 : keep(&state, mode);
}
