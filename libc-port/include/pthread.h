// SPDX-License-Identifier: MIT
// newlib's <pthread.h> and the functions it lacks.
#pragma once

#include_next <pthread.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Robust mutexes: when the holder ends, in whatever way, the next one gets the mutex with
/// EOWNERDEAD, and mends what it guards.
int pthread_mutexattr_getrobust(const pthread_mutexattr_t *__restrict __attr,
                                int *__restrict __robust);
int pthread_mutexattr_setrobust(pthread_mutexattr_t *__attr, int __robust);
int pthread_mutex_consistent(pthread_mutex_t *__mutex);

#if __GNU_VISIBLE
/// How a thread was made; its stack as it is.
int pthread_getattr_np(pthread_t __id, pthread_attr_t *__attr);

/// pthread_join() for those who do not want to wait, or not for ever.
/// @return also EBUSY: it has not ended; ETIMEDOUT; EINVAL for the time
int pthread_tryjoin_np(pthread_t __id, void **__result);
int pthread_timedjoin_np(pthread_t __id, void **__result, const struct timespec *__time);
int pthread_clockjoin_np(pthread_t __id, void **__result, clockid_t __clock,
                         const struct timespec *__time);
#endif

#ifdef __cplusplus
}
#endif
