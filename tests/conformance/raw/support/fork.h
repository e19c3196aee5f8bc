// SPDX-License-Identifier: MIT
// Copies of the test process.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

/// Starts a copy of this process that runs body(argument) on a stack of its own and ends with the
/// result as exit code. A process handle, or an error that is not recorded. Checks in the copy are
/// nobody's: it tells by its exit code.
int64_t fork_child(uint32_t (*body)(void *), void *argument);

/// fork_child(), waits for the end and returns the exit code; UINT32_MAX after recording a failure.
uint32_t fork_run(uint32_t (*body)(void *), void *argument);
