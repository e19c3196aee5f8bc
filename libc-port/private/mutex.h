// SPDX-License-Identifier: MIT
// What __type of a mutex holds, and the mutexes whose holder may end (robust.c).
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define COCO_MUTEX_KIND 0x0f   /* PTHREAD_MUTEX_* */
#define COCO_MUTEX_ROBUST 0x10 /* the word holds the owner, see coco_robust_table */
#define COCO_MUTEX_SHARED 0x20 /* other processes may know it */

/// A deadline: do not wait.
#define COCO_MUTEX_TRY (UINT64_MAX - 1)

/// Whether the calling thread holds a robust mutex.
bool __coco_robust_held(const pthread_mutex_t *mutex);

/// Take a robust mutex that the calling thread does not hold, or wait for the end of a thread that
/// does not give it back.
/// @param deadline  of the monotonic clock in nanoseconds; COCO_FOREVER; COCO_MUTEX_TRY
/// @return 0; EOWNERDEAD: taken, the last holder has ended; or not taken: ENOTRECOVERABLE, EBUSY,
/// ETIMEDOUT, EAGAIN for too many held, or no memory to keep count of them
int __coco_robust_lock(pthread_mutex_t *mutex, uint64_t deadline);

/// Give back a robust mutex that the calling thread holds. One that was not made consistent can
/// never be taken again.
void __coco_robust_unlock(pthread_mutex_t *mutex);

/// Whether a robust mutex is free, or can never be taken again.
bool __coco_robust_unused(const pthread_mutex_t *mutex);

/// The calling thread ends: what it holds is marked.
void __coco_robust_end(void) __attribute__((weak));

/// In the child of a fork: the mutexes that are not shared are the child's.
void __coco_robust_after_fork(void) __attribute__((weak));
