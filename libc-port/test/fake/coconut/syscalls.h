// SPDX-License-Identifier: MIT
// Call stubs of the unit tests: the calls that the tested files make, on the host. Found before the
// real header, so no test can issue a call of ours as one of the host's.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <coconut/errors.h>
#include <coconut/numbers.h>
#include <coconut/types.h>

static inline int coco_is_error(int64_t result)
{
    return (uint64_t)result >= (uint64_t)-COCO_ERROR_MAX;
}

/// Defined by the test that links a file which uses it.
int64_t coco_close(coco_handle_t handle);
int64_t coco_handle_info(coco_handle_t handle);
int64_t coco_file_lock(coco_handle_t file, const struct coco_file_lock *lock, uint32_t flags);
int64_t coco_futex_wait(const volatile void *address, uint32_t expected, uint64_t deadline);
int64_t coco_futex_wake(const volatile void *address, uint32_t count);
int64_t coco_clock_get(uint32_t clock);
int64_t coco_sleep_until(uint64_t deadline);
