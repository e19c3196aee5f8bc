// SPDX-License-Identifier: MIT
// Inline half of arch/thread.h for the host.
#pragma once

#include <arch/cpu.h>

static inline struct arch_thread *arch_thread_current(void)
{
    return host_cpu.thread;
}
