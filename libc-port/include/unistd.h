// SPDX-License-Identifier: MIT
// newlib's <unistd.h>. Offsets are always 64 bits wide, so large-file names are the plain
// functions.
#pragma once

#include <sys/_confstr.h>
#include_next <unistd.h>

#define _POSIX_JOB_CONTROL 1
#define _POSIX_SAVED_IDS 1
#ifndef _POSIX_VDISABLE
#define _POSIX_VDISABLE 0 /* in c_cc of <termios.h>: no such special character */
#endif

#if __POSIX_VISIBLE >= 202405 && !defined(SEEK_DATA)
#define SEEK_DATA 3 /* lseek(): where data begins, at or behind the offset */
#define SEEK_HOLE 4 /* the same of a hole; the end of a file counts as one */
#endif

#if __POSIX_VISIBLE >= 202405 || __GNU_VISIBLE
#define POSIX_CLOSE_RESTART 1

#ifdef __cplusplus
extern "C" {
#endif
/// close(); `__flag` is 0 or POSIX_CLOSE_RESTART, which means nothing: closing does not wait.
int posix_close(int __fd, int __flag);
#ifdef __cplusplus
}
#endif
#endif

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define _LFS64_LARGEFILE 1
#define lseek64 lseek
#define pread64 pread
#define pwrite64 pwrite
#define ftruncate64 ftruncate
#define truncate64 truncate
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE >= 202405 || __GNU_VISIBLE
/// fork() for signal handlers: no handlers of pthread_atfork() run, no lock is waited for. The
/// child may call what a signal handler may call. Result and errors as fork().
pid_t _Fork(void);

/// All three identities; there is one user and one group, 0.
int getresuid(uid_t *__ruid, uid_t *__effective, uid_t *__saved);
int getresgid(gid_t *__ruid, gid_t *__effective, gid_t *__saved);

/// Succeed for 0 and for -1, which leaves an identity as it is; EINVAL for others: no such user.
int setresuid(uid_t __ruid, uid_t __effective, uid_t __saved);
int setresgid(gid_t __ruid, gid_t __effective, gid_t __saved);
#endif

#ifdef __cplusplus
}
#endif
