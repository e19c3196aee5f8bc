// SPDX-License-Identifier: MIT
// What of an FPU save area user mode may have written.
#pragma once

#include <base/types.h>

/// Takes everything out of an XSAVE area that would make XRSTOR fault: components that are not in
/// `xcr0`, reserved bytes of the header, bits of MXCSR that are not in `mxcsr_mask`.
void fpu_sanitize(void *area, uint64_t xcr0, uint32_t mxcsr_mask);

/// Bits of MXCSR that exist, out of an area that XSAVE has written.
uint32_t fpu_mxcsr_mask(const void *area);
