// SPDX-License-Identifier: MIT
// The scheduler's upcalls over host threads: each host thread is a CPU with one kernel thread.
#pragma once

#include <object/wait.h>

/// Runs `function(argument)` in `count` host threads, CPUs 1 .. count, and waits for them all.
void host_threads_run(unsigned count, void (*function)(void *argument), void *argument);

/// Makes interruptible blocks of thread `index` (0 = the caller of host_threads_run) end.
void host_thread_cancel(unsigned index);

/// Clears what host_thread_cancel set.
void host_thread_reset(void);

/// Monotonic time in ns.
uint64_t host_now(void);
