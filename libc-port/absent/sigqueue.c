// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>

#include "../private/absent.h"

COCO_ABSENT(sigqueue, "sigqueue, killpg");

int sigqueue(pid_t pid, int signal, const union sigval value)
{
    (void)pid;
    (void)signal;
    (void)value;
    errno = ENOSYS;
    return -1;
}

int killpg(pid_t group, int signal)
{
    (void)group;
    (void)signal;
    errno = ENOSYS;
    return -1;
}
