// SPDX-License-Identifier: MIT
// newlib's <setjmp.h>, and POSIX's jumps that take the signal mask along.
#pragma once

#include_next <setjmp.h>
#include <sys/cdefs.h>

#if __POSIX_VISIBLE

#include <sys/_sigset.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Members are for libc-port only.
typedef struct {
    jmp_buf __registers;
    __sigset_t __mask; /* to be set again, if __has_mask */
    int __has_mask;
} sigjmp_buf[1];

/// Keep the signal mask for siglongjmp(), if save is not 0.
void __coco_sigsetjmp(sigjmp_buf __env, int __save);

/// As setjmp(); siglongjmp() sets the signal mask of now again if save is not 0.
#define sigsetjmp(__env, __save) (__coco_sigsetjmp(__env, __save), setjmp((__env)[0].__registers))

/// As longjmp(), to a place that sigsetjmp() has kept.
__attribute__((noreturn)) void siglongjmp(sigjmp_buf __env, int __value);

#ifdef __cplusplus
}
#endif

#endif
