// SPDX-License-Identifier: MIT
// Amounts of money as text.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct __locale_t;
#ifndef _LOCALE_T_DECLARED
#define _LOCALE_T_DECLARED
typedef struct __locale_t *locale_t;
#endif

/// Format amounts as the locale has it. Thread-safe.
/// @return bytes without the NUL, or -1 with errno: E2BIG if `__size` is too small, EINVAL for a
/// bad format
ssize_t strfmon(char *__restrict __out, size_t __size, const char *__restrict __format, ...);
ssize_t strfmon_l(char *__restrict __out, size_t __size, locale_t __locale,
                  const char *__restrict __format, ...);

#ifdef __cplusplus
}
#endif
