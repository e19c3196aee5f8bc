// SPDX-License-Identifier: MIT
// Included ahead of every file of newlib (-include). In newlib's setlocale.h the current locale is
// always the global one, unless the system loads locale data from files, which this one has not. So
// uselocale() would have no effect. Here calls of __get_current_locale(), which have no argument,
// become ours; its definition, which has `void`, gets another name.
#ifndef __ASSEMBLER__

struct __locale_t;
extern struct __locale_t __global_locale;
extern _Thread_local struct __locale_t *_tls_locale; // NULL: the thread uses the global one

static inline struct __locale_t *__coconut_current_locale(void)
{
    return _tls_locale ? _tls_locale : &__global_locale;
}

// newlib's function works in static memory without a lock: ../text/setlocale.c calls it under one.
#define setlocale __newlib_setlocale

#define __get_current_locale(...) __coconut_current_locale##__VA_OPT__(_unused)(__VA_ARGS__)

#endif
