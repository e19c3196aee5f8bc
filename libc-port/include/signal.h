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

#ifdef __cplusplus
}
#endif
