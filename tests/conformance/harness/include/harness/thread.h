// SPDX-License-Identifier: MIT
// Threads without libc: a mapped stack and a C function.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

#define THREAD_STACK_SIZE 65536u

struct thread {
    coco_handle_t handle;
    uint8_t *stack; /* mapped, THREAD_STACK_SIZE bytes */
    void (*run)(void *argument);
    void *argument;
};

/// Starts run(argument) in a new thread; `thread` must live until thread_join(). 0 or an error.
int64_t thread_start(struct thread *thread, void (*run)(void *), void *argument);

/// Waits for its end, closes the handle and unmaps the stack. The exit code (0 when run()
/// returned), or an error.
int64_t thread_join(struct thread *thread);

/// Nanoseconds of the monotonic clock, `after` later than now: a deadline.
uint64_t deadline_after(uint64_t after);

#define MILLISECONDS 1000000ull
#define SECONDS 1000000000ull
