// SPDX-License-Identifier: MIT
// newlib's <pthread.h> and the functions it lacks.
#pragma once

#include_next <pthread.h>
#include <sched.h>
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

/// The processors that a thread may run on, or a new one shall run on from its beginning; `__size`
/// in bytes, see <sched.h>. A new set of attributes asks for none: threads inherit.
/// @return 0, EINVAL, ESRCH, or for attributes EINVAL for a set without a processor
int pthread_setaffinity_np(pthread_t __id, size_t __size, const cpu_set_t *__set);
int pthread_getaffinity_np(pthread_t __id, size_t __size, cpu_set_t *__set);
int pthread_attr_setaffinity_np(pthread_attr_t *__attr, size_t __size, const cpu_set_t *__set);
int pthread_attr_getaffinity_np(const pthread_attr_t *__attr, size_t __size, cpu_set_t *__set);
#endif

#ifdef __cplusplus
}
#endif
