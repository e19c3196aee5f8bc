// SPDX-License-Identifier: MIT
// Backtraces and names for dumps.
#include "percpu.h"
#include <arch/debug.h>

size_t arch_backtrace(uint64_t frame_pointer, uint64_t *addresses, size_t max)
{
    if (frame_pointer == 0) {
        frame_pointer = (uint64_t)__builtin_frame_address(0);
    }
    /* The stack of the first frame, which is not the caller's when a fatal exception has one of its
     * own. The frame pointer may be garbage: a mapped stack has its magic at the bottom. */
    uint64_t bottom = frame_pointer & ~(ARCH_STACK_SIZE - 1);
    if (bottom < ARCH_PAGE_ARRAY_BASE || arch_kernel_query(vaddr(bottom)).v == 0 ||
        ((const struct arch_stack_head *)bottom)->magic != ARCH_STACK_MAGIC) {
        return 0;
    }
    size_t count = 0;
    while (count < max && frame_pointer % 8 == 0 && frame_pointer >= bottom &&
           frame_pointer <= bottom + ARCH_STACK_SIZE - 16) {
        const uint64_t *frame = (const uint64_t *)frame_pointer;
        if (frame[1] == 0) {
            break;
        }
        addresses[count++] = frame[1];
        if (frame[0] <= frame_pointer) {
            break; /* frames only go up */
        }
        frame_pointer = frame[0];
    }
    return count;
}

const char *arch_vector_name(uint64_t vector)
{
    static const char *const names[32] = {
        [0] = "divide error",
        [1] = "debug exception",
        [2] = "non-maskable interrupt",
        [3] = "breakpoint",
        [4] = "overflow",
        [5] = "bound range exceeded",
        [6] = "invalid opcode",
        [7] = "device not available",
        [8] = "double fault",
        [10] = "invalid TSS",
        [11] = "segment not present",
        [12] = "stack fault",
        [13] = "general protection fault",
        [14] = "page fault",
        [16] = "x87 floating-point error",
        [17] = "alignment check",
        [18] = "machine check",
        [19] = "SIMD floating-point error",
        [20] = "virtualization exception",
        [21] = "control protection exception",
    };
    const char *name = vector < 32 ? names[vector] : NULL;
    return name != NULL ? name : "unknown exception";
}
