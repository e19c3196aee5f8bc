// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(session, "tcgetpgrp, tcsetpgrp");

pid_t tcgetpgrp(int fd)
{
    (void)fd;
    errno = ENOSYS;
    return -1;
}

int tcsetpgrp(int fd, pid_t group)
{
    (void)fd;
    (void)group;
    errno = ENOSYS;
    return -1;
}
