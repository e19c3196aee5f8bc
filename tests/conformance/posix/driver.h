// SPDX-License-Identifier: MIT
// What the driver needs besides running tests: the system around it, and a clean place for each
// test.
#pragma once

#include <stdbool.h>

/// Make the system ready: on Linux, as its first process, mount what a running system has mounted.
/// @return 0, or -1 with errno set
int prepare_system(void);

/// End the system where the driver is its first process; else do nothing.
void leave_system(void);

/// Remove what a test left in /tmp, in the working directory /pts (all but /pts/conformance), and,
/// where they are files, its named semaphores, shared memory and message queues.
void remove_leftovers(void);
