// SPDX-License-Identifier: MIT
// Simulated CPUs: inline half of arch/thread.h.
#pragma once

#include <arch/cpu.h>

static inline struct arch_thread *arch_thread_current(void)
{
    return sim_head()->thread;
}
