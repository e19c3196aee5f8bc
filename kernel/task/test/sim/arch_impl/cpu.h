// SPDX-License-Identifier: MIT
// Simulated CPUs: inline half of arch/cpu.h. Each CPU is an OS thread; running code finds its CPU,
// as in the kernel, by masking the stack pointer.
#pragma once

#include <base/compiler.h>
#include <base/types.h>

#define SIM_STACK_SIZE (256u * 1024)

struct sim_cpu {
    unsigned id;
    bool irq_on;
    uint32_t reschedule; /* atomic: interrupt pending */
    uint64_t armed;      /* ns */
    uint32_t jitter;
};

struct arch_thread;

/// Lowest bytes of each simulated stack.
struct sim_head {
    struct arch_thread *thread;
    struct sim_cpu *cpu;
    uint32_t return_work;
};

static __always_inline struct sim_head *sim_head(void)
{
    return (struct sim_head *)((uintptr_t)__builtin_frame_address(0) &
                               ~((uintptr_t)SIM_STACK_SIZE - 1));
}

/// Runs the handlers of interrupts that are due; interrupts must be off and are off afterwards.
void sim_interrupts_serve(void);

static inline unsigned arch_cpu_id(void)
{
    return sim_head()->cpu->id;
}

static inline void arch_irq_disable(void)
{
    sim_head()->cpu->irq_on = false;
}

static inline bool arch_irq_enabled(void)
{
    return sim_head()->cpu->irq_on;
}

static inline void arch_irq_enable(void)
{
    if (!sim_head()->cpu->irq_on) {
        sim_interrupts_serve();
        sim_head()->cpu->irq_on = true;
    }
}

/// Now and then lets the other CPUs run on: every lock begins with a call of arch_irq_save(), so
/// this opens the gaps between looking and locking.
void sim_jitter(struct sim_cpu *cpu);

static inline irqflags_t arch_irq_save(void)
{
    irqflags_t flags = arch_irq_enabled();

    arch_irq_disable();
    sim_jitter(sim_head()->cpu);
    return flags;
}

static inline void arch_irq_restore(irqflags_t flags)
{
    if (flags != 0) {
        arch_irq_enable();
    } else {
        arch_irq_disable();
    }
}

static inline void arch_relax(void)
{
    arch_spin_wait();
}

void sim_idle(void);

static inline void arch_idle(void)
{
    sim_idle();
}

static inline uint64_t arch_ticks(void)
{
    return 0;
}
