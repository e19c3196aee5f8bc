// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>

#include "../private/absent.h"

COCO_ABSENT(sigwait, "sigsuspend, sigwait, sigwaitinfo, sigtimedwait");

int sigsuspend(const sigset_t *set)
{
    (void)set;
    errno = ENOSYS;
    return -1;
}

int sigwait(const sigset_t *set, int *signal)
{
    (void)set;
    (void)signal;
    return ENOSYS;
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    (void)set;
    (void)info;
    errno = ENOSYS;
    return -1;
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
    (void)set;
    (void)info;
    (void)timeout;
    errno = ENOSYS;
    return -1;
}
