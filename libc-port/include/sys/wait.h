// SPDX-License-Identifier: MIT
// Waiting for children.
#pragma once

#include <signal.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* waitpid() and waitid() */
#define WNOHANG 1
#define WUNTRACED 2
/* waitid() */
#define WSTOPPED 2
#define WEXITED 4
#define WCONTINUED 8
#define WNOWAIT 0x1000000

/* The status word: exit code in bits 15:8, or the signal in bits 6:0. Stopped: 0x7f there,
   and the signal in bits 15:8. Continued: 0xffff. */
#define WIFEXITED(status) (((status) & 0x7f) == 0)
#define WIFSIGNALED(status) (((status) & 0x7f) > 0 && ((status) & 0x7f) < 0x7f)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WCOREDUMP(status) (0 & (status))
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WTERMSIG(status) ((status) & 0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)

typedef enum { P_ALL, P_PID, P_PGID } idtype_t;

/// Wait for any child. Returns its pid and stores its status, or -1 with errno.
pid_t wait(int *__status);

/// Wait for the child with that pid; -1: any; 0: any of the own group; another negative number: any
/// of the group with that id, negated. WUNTRACED, WCONTINUED: tell of stops and continuations, too.
/// WNOHANG: return 0 instead of waiting.
pid_t waitpid(pid_t __pid, int *__status, int __options);

/// Wait for what the options name, WEXITED, WSTOPPED and WCONTINUED, and describe it. WNOWAIT
/// leaves it to be told again. Returns 0, or -1 with errno; with WNOHANG and nothing to report
/// info->si_pid is 0.
int waitid(idtype_t __type, id_t __id, siginfo_t *__info, int __options);

#if __BSD_VISIBLE || __MISC_VISIBLE
struct rusage;

/// As waitpid(), for any child, and what the child has used.
pid_t wait3(int *__status, int __options, struct rusage *__usage);
pid_t wait4(pid_t __pid, int *__status, int __options, struct rusage *__usage);
#endif

#ifdef __cplusplus
}
#endif
