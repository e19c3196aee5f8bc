// SPDX-License-Identifier: MIT
// Inline half of arch/thread.h for x86-64.
#pragma once

#include <arch/cpu.h>

/// Head of the stack block that the caller runs on.
static inline struct arch_stack_head *arch_stack_head_current(void)
{
    return (struct arch_stack_head *)arch_stack_bottom();
}

static inline struct arch_thread *arch_thread_current(void)
{
    return arch_stack_head_current()->thread;
}

_Static_assert(sizeof(struct arch_stack_head) == 64, "entry code knows the layout of the head");
_Static_assert(__builtin_offsetof(struct arch_stack_head, cpu) == 8, "arch_cpu_id() reads it");
_Static_assert(__builtin_offsetof(struct arch_stack_head, return_work) == 16, "entry.S tests it");
