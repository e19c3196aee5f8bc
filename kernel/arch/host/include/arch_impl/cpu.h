// SPDX-License-Identifier: MIT
// Inline half of arch/cpu.h for the host: a CPU is a host thread, its interrupt flag a variable.
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct arch_as;
struct arch_thread;

/// State of a simulated CPU.
struct host_cpu {
    unsigned id;
    bool interrupts;
    unsigned windows; /* bit n: window n is in use */
    struct arch_as *active;
    struct arch_thread *thread;
};

extern _Thread_local struct host_cpu host_cpu;

static inline unsigned arch_cpu_id(void)
{
    return host_cpu.id;
}

static inline irqflags_t arch_irq_save(void)
{
    irqflags_t flags = host_cpu.interrupts;

    host_cpu.interrupts = false;
    return flags;
}

static inline void arch_irq_restore(irqflags_t flags)
{
    host_cpu.interrupts = flags != 0;
}

static inline void arch_irq_enable(void)
{
    host_cpu.interrupts = true;
}

static inline void arch_irq_disable(void)
{
    host_cpu.interrupts = false;
}

static inline bool arch_irq_enabled(void)
{
    return host_cpu.interrupts;
}

static inline void arch_relax(void)
{
    __builtin_ia32_pause();
}

static inline void arch_idle(void)
{
    host_cpu.interrupts = true;
    __builtin_ia32_pause();
}

static inline uint64_t arch_ticks(void)
{
    return __builtin_ia32_rdtsc();
}
