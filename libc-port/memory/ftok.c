// SPDX-License-Identifier: MIT
#include <sys/ipc.h>
#include <sys/stat.h>

key_t ftok(const char *path, int number)
{
    struct stat state;
    if (stat(path, &state) < 0) {
        return (key_t)-1;
    }
    return (key_t)(((unsigned)number & 0xff) << 24 | ((unsigned)state.st_dev & 0xff) << 16 |
                   ((unsigned)state.st_ino & 0xffff));
}
