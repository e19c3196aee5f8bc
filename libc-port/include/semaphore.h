// SPDX-License-Identifier: MIT
// POSIX semaphores.
#pragma once

#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Members are for libc-port only.
typedef struct {
    unsigned int __value;
    unsigned int __waiters;
} sem_t;

#define SEM_FAILED ((sem_t *)0)

/// Set up a semaphore with a value of 0..SEM_VALUE_MAX; with pshared, in memory that
/// processes share, all of them can use it. Returns 0, or -1 with errno.
int sem_init(sem_t *__sem, int __pshared, unsigned int __value);
int sem_destroy(sem_t *__sem);
int sem_post(sem_t *__sem);
int sem_wait(sem_t *__sem);
int sem_trywait(sem_t *__sem);
/// The deadline is absolute, on CLOCK_REALTIME.
int sem_timedwait(sem_t *__restrict __sem, const struct timespec *__restrict __deadline);
/// The same on CLOCK_REALTIME or CLOCK_MONOTONIC.
int sem_clockwait(sem_t *__restrict __sem, clockid_t __clock,
                  const struct timespec *__restrict __deadline);
/// Open a semaphore by name (a slash and a name without one), or make it: O_CREAT and O_EXCL, which
/// then take a mode_t and an unsigned value. The same address for each name that is open already.
/// Returns SEM_FAILED with errno on an error.
sem_t *sem_open(const char *__name, int __flags, ...);
/// Undo one sem_open(). The semaphore stays, for others and under its name.
int sem_close(sem_t *__sem);
/// Remove the name. Who has the semaphore open goes on with it.
int sem_unlink(const char *__name);
int sem_getvalue(sem_t *__restrict __sem, int *__restrict __value);

#ifdef __cplusplus
}
#endif
