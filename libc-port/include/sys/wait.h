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

/* The status word: exit code in bits 15:8, or the signal in bits 6:0. Nothing stops here. */
#define WIFEXITED(status) (((status) & 0xff) == 0)
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

/// Wait for the child with that pid, or any if it is not positive. WNOHANG: return 0 instead of
/// waiting.
pid_t waitpid(pid_t __pid, int *__status, int __options);

/// Wait for the end of a child (WEXITED must be given) and describe it. WNOWAIT leaves the child to
/// be waited for again. Returns 0, or -1 with errno; with WNOHANG and nothing to report
/// info->si_pid is 0.
int waitid(idtype_t __type, id_t __id, siginfo_t *__info, int __options);

#ifdef __cplusplus
}
#endif
