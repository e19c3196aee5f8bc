// SPDX-License-Identifier: MIT
// newlib's <time.h> and the functions it lacks.
#pragma once

#include_next <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __ISO_C_VISIBLE >= 2011
#define TIME_UTC 1
int timespec_get(struct timespec *__ts, int __base);
#endif

#if __MISC_VISIBLE
time_t timegm(struct tm *__tm);
#endif

#ifdef __cplusplus
}
#endif
