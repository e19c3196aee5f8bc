// SPDX-License-Identifier: MIT
// Copies of the test process.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

/// Starts a copy of this process that runs body(argument) on a stack of its own and ends with the
/// result as exit code. A process handle, or an error that is not recorded. Checks in the copy are
/// nobody's: it tells by its exit code.
int64_t fork_child(uint32_t (*body)(void *), void *argument);

/// The same with COCO_SPAWN_CHILD and without the handle: the id, or 0 after recording a failure.
uint64_t fork_listed(uint32_t (*body)(void *), void *argument);

/// fork_child(), waits for the end and returns the exit code; UINT32_MAX after recording a failure.
uint32_t fork_run(uint32_t (*body)(void *), void *argument);

/// fork_listed() of a copy that sleeps until a signal ends it.
uint64_t fork_sleeper(void);

/// Waits for the end of such a copy by `signal`; sends KILL before.
void fork_reap(uint64_t id, uint32_t signal);
void fork_end(uint64_t id);
