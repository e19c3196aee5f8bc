// SPDX-License-Identifier: MIT
// Signals that a process raises on itself; there is no other source. A handler runs in the thread
// that raised, before raise() returns. Handlers belong to the process; mask and pending set to the
// thread.
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "../private/lock.h"
#include "../private/start.h"
#include "../private/thread.h"

static struct coco_lock action_lock;
static struct sigaction actions[NSIG];

static sigset_t bit(int signal)
{
    return (sigset_t)1 << signal;
}

static int valid(int signal)
{
    return signal > 0 && signal < NSIG;
}

static int ignored_by_default(int signal)
{
    return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH ||
           signal == SIGIO;
}

int sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
    if (!valid(signal) || (action && (signal == SIGKILL || signal == SIGSTOP))) {
        errno = EINVAL;
        return -1;
    }
    __coco_lock(&action_lock);
    struct sigaction previous = actions[signal];
    if (action) {
        actions[signal] = *action;
    }
    __coco_unlock(&action_lock);
    if (old) {
        *old = previous;
    }
    return 0;
}

_sig_func_ptr signal(int signal, _sig_func_ptr handler)
{
    struct sigaction action = {.sa_flags = SA_RESTART};
    struct sigaction old;
    action.sa_handler = handler;
    return sigaction(signal, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

static void deliver(struct __pthread *self, int signal)
{
    __coco_lock(&action_lock);
    struct sigaction action = actions[signal];
    if (action.sa_flags & SA_RESETHAND) {
        actions[signal] = (struct sigaction){0};
    }
    __coco_unlock(&action_lock);
    if (action.sa_handler == SIG_IGN ||
        (action.sa_handler == SIG_DFL && ignored_by_default(signal))) {
        return;
    }
    if (action.sa_handler == SIG_DFL) {
        __coco_exit_by_signal(signal);
    }
    sigset_t blocked = self->blocked;
    self->blocked |= action.sa_mask | (action.sa_flags & SA_NODEFER ? 0 : bit(signal));
    if (action.sa_flags & SA_SIGINFO) {
        siginfo_t info = {.si_signo = signal, .si_code = SI_USER};
        action.sa_sigaction(signal, &info, NULL);
    } else {
        action.sa_handler(signal);
    }
    self->blocked = blocked;
}

static void deliver_pending(struct __pthread *self)
{
    sigset_t ready;
    while ((ready = self->pending & ~self->blocked) != 0) {
        int signal = __builtin_ctzl(ready);
        self->pending &= ~bit(signal);
        deliver(self, signal);
    }
}

int raise(int signal)
{
    struct __pthread *self = __coco_self();
    if (!valid(signal)) {
        errno = EINVAL;
        return -1;
    }
    self->pending |= bit(signal);
    deliver_pending(self);
    return 0;
}

// POSIX: ends the process whatever a handler does, but for one that jumps away.
void abort(void)
{
    struct __pthread *self = __coco_self();
    self->blocked &= ~bit(SIGABRT);
    (void)raise(SIGABRT); // a valid signal
    __coco_exit_by_signal(SIGABRT);
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    struct __pthread *self = __coco_self();
    sigset_t previous = self->blocked;
    if (set) {
        switch (how) {
        case SIG_BLOCK:
            self->blocked |= *set;
            break;
        case SIG_UNBLOCK:
            self->blocked &= ~*set;
            break;
        case SIG_SETMASK:
            self->blocked = *set;
            break;
        default:
            return EINVAL;
        }
        self->blocked &= ~(bit(SIGKILL) | bit(SIGSTOP));
    }
    if (old) {
        *old = previous;
    }
    deliver_pending(self);
    return 0;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    int error = pthread_sigmask(how, set, old);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int sigpending(sigset_t *set)
{
    *set = __coco_self()->pending;
    return 0;
}

int pthread_kill(pthread_t thread, int signal)
{
    if (signal < 0 || signal >= NSIG) {
        return EINVAL;
    }
    if (signal == 0) {
        return 0;
    }
    if (thread != __coco_self()) {
        return ENOSYS; // no way to interrupt another thread
    }
    return raise(signal) < 0 ? errno : 0;
}
