// SPDX-License-Identifier: MIT
// Saving and loading of FPU state at a context switch.
#pragma once

/// Saves this CPU's FPU state to a thread's area.
void fpu_save(void *area);

/// Loads this CPU's FPU state. The area is only ever written by fpu_save(), arch_fpu_init() and,
/// with sanitized content, arch_fpu_load(), so XRSTOR cannot fault on it.
void fpu_restore(const void *area);

/// Reads what there is to know from an area that the CPU has saved. Each CPU, after the features
/// were enabled.
void fpu_detect(void);
