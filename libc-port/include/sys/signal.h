// SPDX-License-Identifier: MIT
// Signals, for newlib's <signal.h>. Numbers are newlib's; structures are POSIX's, which newlib has
// for named systems only.
#pragma once

#include <_ansi.h>
#include <stdint.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/features.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT SIGABRT
#define SIGEMT 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGBUS 10
#define SIGSEGV 11
#define SIGSYS 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGURG 16
#define SIGSTOP 17
#define SIGTSTP 18
#define SIGCONT 19
#define SIGCHLD 20
#define SIGCLD SIGCHLD
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGIO 23
#define SIGPOLL SIGIO
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGLOST 29
#define SIGUSR1 30
#define SIGUSR2 31
#define SIGCANCEL 32 /* the library's own */
#define SIGRTMIN 33
#define SIGRTMAX 63
#define NSIG 64
#define _NSIG NSIG

#define SIGEV_NONE 1
#define SIGEV_SIGNAL 2
#define SIGEV_THREAD 3
#define SIGEV_THREAD_ID 4 /* to one thread of the process */

union sigval {
    int sival_int;
    void *sival_ptr;
};

struct sigevent {
    int sigev_notify; /* SIGEV_* */
    int sigev_signo;
    union sigval sigev_value;
    void (*sigev_notify_function)(union sigval);
    pthread_attr_t *sigev_notify_attributes;
    pid_t sigev_notify_thread_id; /* SIGEV_THREAD_ID: what gettid() gives in that thread */
};

#define SI_USER 0
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define SI_MESGQ (-3)
#define SI_ASYNCIO (-4)
#define ILL_ILLOPC 1
#define ILL_ILLOPN 2
#define ILL_ILLADR 3
#define ILL_ILLTRP 4
#define ILL_PRVOPC 5
#define ILL_PRVREG 6
#define ILL_COPROC 7
#define ILL_BADSTK 8
#define FPE_INTDIV 1
#define FPE_INTOVF 2
#define FPE_FLTDIV 3
#define FPE_FLTOVF 4
#define FPE_FLTUND 5
#define FPE_FLTRES 6
#define FPE_FLTINV 7
#define FPE_FLTSUB 8
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN 1
#define BUS_ADRERR 2
#define BUS_OBJERR 3
#define TRAP_BRKPT 1
#define TRAP_TRACE 2
#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_DUMPED 3
#define CLD_TRAPPED 4
#define CLD_STOPPED 5
#define CLD_CONTINUED 6
#define POLL_IN 1
#define POLL_OUT 2
#define POLL_MSG 3
#define POLL_ERR 4
#define POLL_PRI 5
#define POLL_HUP 6

typedef struct {
    int si_signo;
    int si_code; /* SI_*, ILL_*, FPE_*, SEGV_*, BUS_*, CLD_* */
    int si_errno;
    int si_status; /* SIGCHLD: exit status or signal */
    pid_t si_pid;
    uid_t si_uid;
    void *si_addr; /* faulting address or instruction */
    long si_band;  /* SIGPOLL: the events of poll(); nothing sends it here */
    union sigval si_value;
    int si_overrun; /* SI_TIMER: expirations that this signal stands for, beyond the first */
    int si_timerid;
} siginfo_t;

typedef void (*_sig_func_ptr)(int);

#define SA_NOCLDSTOP 0x01
#define SA_SIGINFO 0x02
#define SA_ONSTACK 0x04
#define SA_RESTART 0x08
#define SA_NODEFER 0x10
#define SA_RESETHAND 0x20
#define SA_NOCLDWAIT 0x40

struct sigaction {
    union {
        _sig_func_ptr __handler;
        void (*__sigaction)(int, siginfo_t *, void *);
    } __target;
    sigset_t sa_mask;
    int sa_flags; /* SA_* */
};

#define sa_handler __target.__handler
#define sa_sigaction __target.__sigaction

#define MINSIGSTKSZ 4096
#define SIGSTKSZ 16384
#define SS_ONSTACK 0x1
#define SS_DISABLE 0x2

typedef struct sigaltstack {
    void *ss_sp;
    int ss_flags;
    size_t ss_size; /* bytes */
} stack_t;

/* The interrupted thread's registers; a handler may change them. */
typedef struct {
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t rbp;
    uint64_t rsp;
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t rip;
    uint64_t rflags;
} mcontext_t;

typedef struct ucontext {
    struct ucontext *uc_link; /* NULL */
    sigset_t uc_sigmask;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
} ucontext_t;

#define SIG_SETMASK 0
#define SIG_BLOCK 1
#define SIG_UNBLOCK 2

int kill(pid_t __pid, int __signal);
int killpg(pid_t __group, int __signal);
int pthread_kill(pthread_t __id, int __signal);
int pthread_sigmask(int __how, const sigset_t *__set, sigset_t *__old);
int sigaction(int __signal, const struct sigaction *__action, struct sigaction *__old);
int sigaddset(sigset_t *__set, int __signal);
int sigaltstack(const stack_t *__restrict __stack, stack_t *__restrict __old);
int sigdelset(sigset_t *__set, int __signal);
int sigemptyset(sigset_t *__set);
int sigfillset(sigset_t *__set);
int siginterrupt(int __signal, int __interrupt);
int sigismember(const sigset_t *__set, int __signal);
int sigpending(sigset_t *__set);
int sigprocmask(int __how, const sigset_t *__set, sigset_t *__old);
int sigqueue(pid_t __pid, int __signal, const union sigval __value);
int sigsuspend(const sigset_t *__set);
int sigtimedwait(const sigset_t *__set, siginfo_t *__info, const struct timespec *__timeout);
int sigwait(const sigset_t *__set, int *__signal);
int sigwaitinfo(const sigset_t *__set, siginfo_t *__info);

#if __XSI_VISIBLE
/* System V's calls; of sigset()'s dispositions SIG_HOLD blocks the signal and changes nothing else.
 */
#define SIG_HOLD ((_sig_func_ptr)2)
_sig_func_ptr bsd_signal(int __signal, _sig_func_ptr __handler);
int sighold(int __signal);
int sigignore(int __signal);
int sigpause(int __signal);
int sigrelse(int __signal);
_sig_func_ptr sigset(int __signal, _sig_func_ptr __disposition);
#endif

#ifdef _LIBC
int _kill(pid_t __pid, int __signal);
#endif

#ifdef __cplusplus
}
#endif

// As elsewhere, this header alone gives all of <signal.h>.
#include <signal.h>
