// SPDX-License-Identifier: MIT
// Calls with each of their allocations failing in turn.
#pragma once

#include <base/types.h>

/// Make `call` with each allocation failing in turn; `undo` takes back what a success did. Every
/// failure is NOMEM and leaves nothing.
void inject(int64_t (*call)(void), void (*undo)(int64_t result));

/// Takes back what a call did whose result is a handle.
void shortage_close(int64_t handle);
