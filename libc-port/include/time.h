// SPDX-License-Identifier: MIT
// newlib's <time.h> and the functions it lacks.
#pragma once

#include_next <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* XSI fixes it; clock() counts in it. */
#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000000)

#if __XSI_VISIBLE
extern int daylight __asm__("_daylight");
extern long timezone __asm__("_timezone");
/* Why getdate() failed, 1 to 8. */
extern int getdate_err;
struct tm *getdate(const char *__text);
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
