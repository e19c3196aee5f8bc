// SPDX-License-Identifier: MIT
// Messages on standard error in the form "program: message: error text".
#pragma once

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((noreturn, format(printf, 2, 3))) void err(int __status, const char *__format, ...);
__attribute__((noreturn, format(printf, 2, 3))) void errx(int __status, const char *__format, ...);
__attribute__((format(printf, 1, 2))) void warn(const char *__format, ...);
__attribute__((format(printf, 1, 2))) void warnx(const char *__format, ...);
__attribute__((noreturn)) void verr(int __status, const char *__format, va_list __arguments);
__attribute__((noreturn)) void verrx(int __status, const char *__format, va_list __arguments);
void vwarn(const char *__format, va_list __arguments);
void vwarnx(const char *__format, va_list __arguments);

#ifdef __cplusplus
}
#endif
