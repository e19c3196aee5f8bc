// SPDX-License-Identifier: MIT
// newlib's <signal.h> and what it lacks.
#pragma once

#include_next <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE >= 200809 || __GNU_VISIBLE
/// Writes a line about `info` to standard error: `prefix` and a colon, unless it is NULL or empty,
/// and the signal with who sent it or where it came from.
void psiginfo(const siginfo_t *__info, const char *__prefix);
#endif

#if __POSIX_VISIBLE >= 202405 || __MISC_VISIBLE
#define SIG2STR_MAX 17 /* longest name with its null byte, and room for what may come */

/// The name of a signal without SIG, such as TERM or RTMIN+1. @return 0, or -1 if there is none
/// @param __name  SIG2STR_MAX bytes
int sig2str(int __signal, char *__name);
/// The number of such a name, or of a number in decimal. @return 0, or -1 if there is none
int str2sig(const char *__restrict __name, int *__restrict __signal);
#endif

#ifdef __cplusplus
}
#endif
