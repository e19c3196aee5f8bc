// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>

#undef sigaddset
#undef sigdelset
#undef sigemptyset
#undef sigfillset
#undef sigismember

static int valid(int signal)
{
    if (signal <= 0 || signal >= NSIG) {
        errno = EINVAL;
        return 0;
    }
    return 1;
}

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ~((sigset_t)1 | (sigset_t)1 << SIGCANCEL);
    return 0;
}

int sigaddset(sigset_t *set, int signal)
{
    if (!valid(signal)) {
        return -1;
    }
    *set |= (sigset_t)1 << signal;
    return 0;
}

int sigdelset(sigset_t *set, int signal)
{
    if (!valid(signal)) {
        return -1;
    }
    *set &= ~((sigset_t)1 << signal);
    return 0;
}

int sigismember(const sigset_t *set, int signal)
{
    if (!valid(signal)) {
        return -1;
    }
    return (*set >> signal & 1) != 0;
}
