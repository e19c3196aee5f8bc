// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(fork, "fork, vfork");

pid_t fork(void)
{
    errno = ENOSYS;
    return -1;
}

pid_t vfork(void)
{
    errno = ENOSYS;
    return -1;
}
