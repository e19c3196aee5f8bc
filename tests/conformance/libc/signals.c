// SPDX-License-Identifier: MIT
// Signals that a process raises on itself, and what a parent sees of a child that one ended.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static volatile sig_atomic_t caught;
static volatile sig_atomic_t blocked_inside;

static void handler(int signal)
{
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    blocked_inside = sigismember(&mask, signal);
    caught = caught * 100 + signal;
}

static siginfo_t last_info;

static void info_handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    last_info = *info;
}

static void handlers(void)
{
    CHECK("signals.signal",
          signal(SIGUSR1, handler) == SIG_DFL && raise(SIGUSR1) == 0 && caught == SIGUSR1);
    CHECK("signals.blocked-in-handler", blocked_inside == 1);
    caught = 0;
    CHECK("signals.kill-self", kill(getpid(), SIGUSR1) == 0 && caught == SIGUSR1);
    CHECK("signals.ignore",
          signal(SIGUSR1, SIG_IGN) == handler && raise(SIGUSR1) == 0 && caught == SIGUSR1);
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESETHAND};
    struct sigaction old;
    action.sa_sigaction = info_handler;
    CHECK("signals.sigaction", sigaction(SIGUSR2, &action, NULL) == 0 && raise(SIGUSR2) == 0 &&
                                   last_info.si_signo == SIGUSR2);
    CHECK("signals.resethand", sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
    errno = 0;
    CHECK("signals.cannot-catch-kill", signal(SIGKILL, handler) == SIG_ERR && errno == EINVAL);
    CHECK("signals.bad-number", raise(99) == -1 && kill(getpid(), -1) == -1 && errno == EINVAL);
    CHECK("signals.default-ignore", raise(SIGCHLD) == 0);
    errno = 0;
    CHECK("signals.kill-stranger", kill(999999, SIGTERM) == -1 && errno == ESRCH);
}

static void masks(void)
{
    sigset_t set;
    sigset_t pending;
    caught = 0;
    signal(SIGUSR1, handler);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK("signals.block",
          sigprocmask(SIG_BLOCK, &set, NULL) == 0 && raise(SIGUSR1) == 0 && caught == 0);
    CHECK("signals.pending", sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1);
    CHECK("signals.unblock-delivers",
          sigprocmask(SIG_UNBLOCK, &set, NULL) == 0 && caught == SIGUSR1);
    errno = 0;
    CHECK("signals.bad-how", sigprocmask(77, &set, NULL) == -1 && errno == EINVAL);
    signal(SIGUSR1, SIG_DFL);
}

static bool dies_of(const char *mode, int signal)
{
    int status = test_child(mode, NULL, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

static void endings(void)
{
    CHECK("signals.abort", dies_of("abort", SIGABRT));
    CHECK("signals.abort-after-handler", dies_of("abort-handler", SIGABRT));
    CHECK("signals.default-term", dies_of("raise-term", SIGTERM));
    CHECK("signals.segv", dies_of("null", SIGSEGV));
    CHECK("signals.fpe", dies_of("divide", SIGFPE));
    CHECK("signals.ill", dies_of("ud2", SIGILL));
    CHECK("signals.syscall-instruction", dies_of("syscall", SIGILL));
    CHECK("signals.trap", dies_of("int3", SIGTRAP));
    char output[256];
    int status = test_child("assert", output, sizeof(output));
    CHECK("signals.assert",
          WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && strstr(output, "1 + 1 == 3"));
}

void area_signals(void)
{
    handlers();
    masks();
    endings();
}
