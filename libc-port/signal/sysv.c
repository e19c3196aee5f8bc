// SPDX-License-Identifier: MIT
// System V's and BSD's calls, in terms of POSIX's.
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "../private/signals.h"

static int change(int how, int signal)
{
    sigset_t set;
    sigemptyset(&set);
    if (!__coco_signal_valid(signal)) {
        errno = EINVAL;
        return -1;
    }
    sigaddset(&set, signal);
    int error = pthread_sigmask(how, &set, NULL);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int sighold(int signal)
{
    return change(SIG_BLOCK, signal);
}

int sigrelse(int signal)
{
    return change(SIG_UNBLOCK, signal);
}

int sigignore(int signal)
{
    struct sigaction action = {.sa_handler = SIG_IGN};
    return sigaction(signal, &action, NULL);
}

_sig_func_ptr sigset(int signal, _sig_func_ptr disposition)
{
    struct sigaction action = {.sa_handler = disposition};
    struct sigaction before;
    sigset_t blocked;

    if (!__coco_signal_valid(signal) || disposition == SIG_ERR ||
        pthread_sigmask(SIG_BLOCK, NULL, &blocked) != 0) {
        errno = EINVAL;
        return SIG_ERR;
    }
    if (sigaction(signal, disposition == SIG_HOLD ? NULL : &action, &before) < 0) {
        return SIG_ERR;
    }
    (void)change(disposition == SIG_HOLD ? SIG_BLOCK : SIG_UNBLOCK, signal); // the signal is valid
    return sigismember(&blocked, signal) ? SIG_HOLD : before.sa_handler;
}

int sigpause(int signal)
{
    sigset_t set;
    if (!__coco_signal_valid(signal) || pthread_sigmask(SIG_BLOCK, NULL, &set) != 0) {
        errno = EINVAL;
        return -1;
    }
    sigdelset(&set, signal);
    return sigsuspend(&set);
}

_sig_func_ptr bsd_signal(int signal_number, _sig_func_ptr handler)
{
    return signal(signal_number, handler);
}
