// SPDX-License-Identifier: MIT
// Calls from within a call. Private to syscall.
#pragma once

#include <arch/trap.h>

/// Serves a call, of which it looks at `number` and `args`; its result. Interrupts are on.
typedef int64_t (*syscall_thunk)(const struct syscall_frame *frame);

/// What serves calls with that number, also one that no call has; never NULL.
syscall_thunk syscall_find(uint64_t number);

/// Counts calls that were served so.
void syscall_count_nested(uint64_t calls);
