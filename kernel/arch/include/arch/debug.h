// SPDX-License-Identifier: MIT
// What a panic needs from arch.
#pragma once

#include <arch/trap.h>
#include <base/compiler.h>
#include <base/types.h>

/// Upcall to init: an exception in the kernel that cannot be handled. `what` is one line without
/// line feed; `address` is CR2 for a page fault, otherwise 0. Interrupts off.
__noreturn void panic_exception(const struct arch_registers *registers, uint64_t address,
                                const char *what);

/// Return addresses of the callers of the frame at `frame_pointer` (0: of this function's caller),
/// innermost first. Follows frame pointers only within the stack of the first frame. Returns how
/// many of `max` were written.
size_t arch_backtrace(uint64_t frame_pointer, uint64_t *addresses, size_t max);

/// Short name of an exception vector, such as "page fault".
const char *arch_vector_name(uint64_t vector);
