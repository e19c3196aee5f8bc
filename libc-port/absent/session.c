// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(session, "setsid, setpgid, tcgetpgrp, tcsetpgrp");

pid_t setsid(void)
{
    errno = ENOSYS;
    return -1;
}

int setpgid(pid_t pid, pid_t group)
{
    (void)pid;
    (void)group;
    errno = ENOSYS;
    return -1;
}

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
