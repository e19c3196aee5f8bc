// SPDX-License-Identifier: MIT
// access() by the effective identity, which is the real one.
#include <unistd.h>

int eaccess(const char *path, int mode)
{
    return access(path, mode);
}

int euidaccess(const char *path, int mode)
{
    return access(path, mode);
}
