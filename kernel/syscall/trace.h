// SPDX-License-Identifier: MIT
// Private: system calls as text in the kernel log.
#pragma once

#include <arch/trap.h>

/// Log the call that `frame` asks for / its result.
void trace_call(const struct syscall_frame *frame);
void trace_result(const struct syscall_frame *frame, int64_t result);

/// What is known of the call with that number; NULL if there is none.
const struct syscall_info *syscall_info_find(uint64_t number);
