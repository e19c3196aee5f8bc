// SPDX-License-Identifier: MIT
// Signals: handlers, masks, faults, queues, waiting, stacks, and what a parent sees of a child that
// one ended.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
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
    action = (struct sigaction){.sa_handler = handler, .sa_flags = 0x40000000 | SA_RESTART};
    CHECK("signals.unknown-flags", sigaction(SIGUSR2, &action, NULL) == 0 &&
                                       sigaction(SIGUSR2, NULL, &old) == 0 &&
                                       old.sa_flags == SA_RESTART);
    signal(SIGUSR2, SIG_DFL);
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

static sigjmp_buf jump;
static volatile uintptr_t fault_address;
static volatile int fault_code;

static void jump_handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    fault_address = (uintptr_t)info->si_addr;
    fault_code = info->si_code;
    siglongjmp(jump, 1);
}

static void skip_handler(int signal, siginfo_t *info, void *context)
{
    ucontext_t *ucontext = context;
    (void)signal;
    fault_code = info->si_code;
    ucontext->uc_mcontext.rip = ucontext->uc_mcontext.rbx;
}

static void faults(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    sigset_t mask;
    action.sa_sigaction = jump_handler;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    if (sigsetjmp(jump, 1) == 0) {
        *(volatile int *)0x8004 = 1;
    }
    CHECK("signals.fault-segv", fault_address == 0x8004 && fault_code == SEGV_MAPERR);
    sigprocmask(SIG_SETMASK, NULL, &mask);
    CHECK("signals.siglongjmp-mask", sigismember(&mask, SIGSEGV) == 0);
    static const int constant = 5;
    if (sigsetjmp(jump, 1) == 0) {
        *(volatile int *)(uintptr_t)&constant = 1;
    }
    CHECK("signals.fault-readonly",
          fault_address == (uintptr_t)&constant && fault_code == SEGV_ACCERR);
    if (sigsetjmp(jump, 1) == 0) {
        volatile int zero = 0;
        volatile int seven = 7;
        zero = seven / zero;
    }
    CHECK("signals.fault-divide", fault_code == FPE_INTDIV && fault_address != 0);
    action.sa_sigaction = skip_handler;
    sigaction(SIGILL, &action, NULL);
    __asm__ volatile("leaq 1f(%%rip), %%rbx\n ud2\n 1:\n" : : : "rbx", "memory");
    CHECK("signals.context", fault_code == ILL_ILLOPN);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGFPE, SIG_DFL);
    signal(SIGILL, SIG_DFL);
}

static volatile int order[8];
static volatile int order_count;

static void order_handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    if (order_count < 8) {
        order[order_count++] = info->si_value.sival_int;
    }
}

static void queues(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    sigset_t set;
    siginfo_t info;
    action.sa_sigaction = order_handler;
    sigaction(SIGRTMIN + 1, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 1; i <= 3; i++) {
        CHECK("signals.sigqueue",
              sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i}) == 0);
    }
    CHECK("signals.sigwaitinfo", sigwaitinfo(&set, &info) == SIGRTMIN + 1 &&
                                     info.si_value.sival_int == 1 && info.si_code == SI_QUEUE &&
                                     info.si_pid == getpid());
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK("signals.queue-order", order_count == 2 && order[0] == 2 && order[1] == 3);
    errno = 0;
    CHECK("signals.sigtimedwait",
          sigtimedwait(&set, &info, &(struct timespec){0, 1000000}) == -1 && errno == EAGAIN);
    int got = 0;
    sigprocmask(SIG_BLOCK, &set, NULL);
    CHECK("signals.sigwait",
          raise(SIGRTMIN + 1) == 0 && sigwait(&set, &got) == 0 && got == SIGRTMIN + 1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    signal(SIGRTMIN + 1, SIG_DFL);
}

static pthread_t main_thread;
static volatile bool interrupted;

// Again and again: the first may come before the other thread waits.
static void *kill_main(void *argument)
{
    struct timespec pause_time = {0, 20000000};
    (void)argument;
    while (!interrupted) {
        nanosleep(&pause_time, NULL);
        pthread_kill(main_thread, SIGUSR1);
    }
    return NULL;
}

static bool kill_main_from(pthread_t *thread)
{
    interrupted = false;
    return pthread_create(thread, NULL, kill_main, NULL) == 0;
}

static void end_killing(pthread_t thread)
{
    interrupted = true;
    pthread_join(thread, NULL);
}

/* However often: while the other thread is held up, the next signal comes. */
static void note_caught(int signal)
{
    caught = signal;
}

static void waits(void)
{
    struct sigaction action = {.sa_flags = 0};
    pthread_t thread;
    struct timespec left = {0};
    sigset_t set;
    action.sa_handler = note_caught;
    sigaction(SIGUSR1, &action, NULL);
    main_thread = pthread_self();
    caught = 0;
    errno = 0;
    CHECK("signals.pthread-kill", kill_main_from(&thread));
    CHECK("signals.nanosleep-eintr", nanosleep(&(struct timespec){1000, 0}, &left) == -1 &&
                                         errno == EINTR && caught == SIGUSR1 && left.tv_sec >= 900);
    end_killing(thread);
    sem_t sem;
    sem_init(&sem, 0, 0);
    CHECK("signals.sem-create", kill_main_from(&thread));
    errno = 0;
    CHECK("signals.sem-eintr", sem_wait(&sem) == -1 && errno == EINTR);
    end_killing(thread);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    caught = 0;
    CHECK("signals.suspend-create", kill_main_from(&thread));
    sigdelset(&set, SIGUSR1);
    errno = 0;
    CHECK("signals.sigsuspend", sigsuspend(&set) == -1 && errno == EINTR && caught == SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &set);
    CHECK("signals.sigsuspend-mask", sigismember(&set, SIGUSR1) == 1);
    end_killing(thread);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGUSR1, SIG_DFL);
}

static volatile int inside_flags;

static void stack_handler(int signal)
{
    stack_t now;
    (void)signal;
    sigaltstack(NULL, &now);
    inside_flags = now.ss_flags;
}

static void stacks(void)
{
    static char memory[SIGSTKSZ];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
    stack_t old;
    struct sigaction action = {.sa_flags = SA_ONSTACK};
    action.sa_handler = stack_handler;
    sigaction(SIGUSR2, &action, NULL);
    CHECK("signals.altstack", sigaltstack(&stack, &old) == 0 && old.ss_flags == SS_DISABLE);
    CHECK("signals.on-altstack", raise(SIGUSR2) == 0 && inside_flags == SS_ONSTACK);
    stack.ss_size = 16;
    errno = 0;
    CHECK("signals.altstack-small", sigaltstack(&stack, NULL) == -1 && errno == ENOMEM);
    stack.ss_flags = SS_DISABLE;
    CHECK("signals.altstack-off", sigaltstack(&stack, &old) == 0 && old.ss_sp == memory);
    signal(SIGUSR2, SIG_DFL);
}

void area_signals(void)
{
    handlers();
    masks();
    faults();
    queues();
    waits();
    stacks();
    endings();
}
