// SPDX-License-Identifier: MIT
// newlib's <pthread.h> and the functions it lacks.
#pragma once

#include_next <pthread.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __GNU_VISIBLE
/// How a thread was made; its stack as it is.
int pthread_getattr_np(pthread_t __id, pthread_attr_t *__attr);
#endif

#ifdef __cplusplus
}
#endif
