// SPDX-License-Identifier: MIT
// Inline half of arch/cpu.h for x86-64.
#pragma once

/// Bottom of the stack block that the caller runs on. Never inlined assembly with a memory clobber:
/// the compiler may reuse the result within a function, because code cannot change stacks inside
/// one.
static inline uint64_t arch_stack_bottom(void)
{
    return (uint64_t)__builtin_frame_address(0) & ~(16384ull - 1);
}

/// First member of struct cpu, so that no other header is needed to find it.
struct arch_cpu_identity {
    uint32_t id;
    uint32_t apic_id;
};

static inline unsigned arch_cpu_id(void)
{
    /* The CPU pointer is the second word of struct arch_stack_head. It changes when the thread
     * moves to another CPU, so it is read anew each time. */
    struct arch_cpu_identity *const volatile *slot =
        (struct arch_cpu_identity *const volatile *)(arch_stack_bottom() + 8);
    return (*slot)->id;
}

static inline irqflags_t arch_irq_save(void)
{
    irqflags_t flags;
    __asm__ volatile("pushfq\n\tpopq %0\n\tcli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void arch_irq_restore(irqflags_t flags)
{
    if (flags & 0x200) {
        __asm__ volatile("sti" : : : "memory");
    }
}

static inline void arch_irq_enable(void)
{
    __asm__ volatile("sti" : : : "memory");
}

static inline void arch_irq_disable(void)
{
    __asm__ volatile("cli" : : : "memory");
}

static inline bool arch_irq_enabled(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags) : : "memory");
    return (flags & 0x200) != 0;
}

static inline void arch_relax(void)
{
    __asm__ volatile("pause" : : : "memory");
}

/// The body of arch_idle(), in tlb.c: a CPU that sleeps takes no part in flushes of user mappings.
void tlb_idle(void);

static inline void arch_idle(void)
{
    tlb_idle();
}

static inline uint64_t arch_ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}
