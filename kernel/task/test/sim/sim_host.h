// SPDX-License-Identifier: MIT
// What the simulation needs of the host. Kept apart from the kernel's headers: both have a
// sched_yield.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Monotonic time in ns.
uint64_t host_time_ns(void);

/// Gives the host's CPU away for a moment.
void host_pause(void);

/// Sleeps for some ten microseconds.
void host_doze(void);

/// Starts an OS thread.
void host_thread_start(void (*function)(void *), void *argument);

/// Runs `function` in a child process with a limit in seconds. True if it called exit(0).
bool host_child_run(void (*function)(void), unsigned seconds);

/// Zeroed memory of `size` bytes, aligned to it, with an inaccessible page below.
void *host_stack_alloc(uint64_t size);
void host_stack_free(void *bottom, uint64_t size);
