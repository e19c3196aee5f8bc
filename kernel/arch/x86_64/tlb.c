// SPDX-License-Identifier: MIT
// TLB flushes over all CPUs.
//
// A CPU that changes page tables fills in its request, marks it in each target's mailbox, sends an
// interrupt, and waits until the targets have done it. Nobody can be stuck: a CPU that waits here,
// or for a spinlock with interrupts off, serves the requests that others have for it meanwhile
// (arch_spin_wait). A CPU that is halted is not woken for user mappings: it flushes when it wakes,
// before it can touch user memory. Kernel code is not preempted and interrupt handlers do not
// flush, so a CPU has at most one request under way.
#include "percpu.h"
#include <arch/spinlock.h>
#include <arch/timer.h>

#define DOZE_NS 50000ull
#define FLUSH_ALL_LIMIT 32u /* pages; above it the whole TLB goes */

static void flush_local(struct arch_as *as, uint64_t start, uint64_t page_count)
{
    if (page_count <= FLUSH_ALL_LIMIT) {
        for (uint64_t i = 0; i < page_count; i++) {
            x86_invlpg(start + i * ARCH_PAGE_SIZE);
        }
    } else if (as != NULL) {
        x86_write_cr3(x86_read_cr3());
    } else {
        uint64_t cr4 = x86_read_cr4();
        x86_write_cr4(cr4 & ~(uint64_t)CR4_PGE); /* drops global entries too */
        x86_write_cr4(cr4);
    }
}

void tlb_serve(void)
{
    struct cpu *self = cpu_current();
    uint64_t from = __atomic_exchange_n(&self->tlb_from, 0, __ATOMIC_SEQ_CST);
    while (from != 0) {
        unsigned sender = (unsigned)__builtin_ctzll(from);
        from &= from - 1;
        struct tlb_request *request = &cpus[sender].tlb;
        if (!request->detach) {
            flush_local(request->as, request->start, request->page_count);
        } else if (self->active == request->as) {
            arch_as_activate(NULL);
        }
        __atomic_fetch_and(&request->pending, ~(1ull << self->id), __ATOMIC_RELEASE);
    }
}

void arch_spin_wait(void)
{
    arch_relax();
    if (unlikely(__atomic_load_n(&cpu_current()->tlb_from, __ATOMIC_RELAXED) != 0)) {
        irqflags_t flags = arch_irq_save();
        tlb_serve();
        arch_irq_restore(flags);
    }
}

void tlb_idle(void)
{
    struct cpu *self = cpu_current();
    __atomic_store_n(&self->tlb_sleep, TLB_ASLEEP, __ATOMIC_SEQ_CST);
    /* STI takes effect after the next instruction, so no interrupt can slip in before HLT. */
    __asm__ volatile("sti\n\thlt" : : : "memory");
    if (__atomic_exchange_n(&self->tlb_sleep, TLB_AWAKE, __ATOMIC_SEQ_CST) == TLB_STALE) {
        x86_write_cr3(x86_read_cr3());
    }
}

/// Takes the CPUs that sleep off `targets`: they will flush when they wake.
static uint64_t without_sleepers(uint64_t targets)
{
    for (uint64_t rest = targets; rest != 0; rest &= rest - 1) {
        unsigned cpu = (unsigned)__builtin_ctzll(rest);
        uint32_t state = TLB_ASLEEP;
        __atomic_compare_exchange_n(&cpus[cpu].tlb_sleep, &state, TLB_STALE, false,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
        if (state != TLB_AWAKE) {
            targets &= ~(1ull << cpu);
        }
    }
    return targets;
}

void arch_spin_doze(void)
{
    if (arch_irq_enabled()) {
        arch_irq_disable();
        arch_timer_arm(arch_time_ns() + DOZE_NS); /* the scheduler arms it anew when it fires */
        arch_idle();
    }
}

/// Runs `request` on all CPUs in `targets`, which does not name this CPU. Interrupts off; `flags`
/// is the caller's interrupt state.
static void run_on_others(uint64_t targets, const struct tlb_request *request, irqflags_t flags)
{
    unsigned spins = 0;
    struct cpu *self = cpu_current();
    self->tlb = *request;
    __atomic_store_n(&self->tlb.pending, targets, __ATOMIC_SEQ_CST);
    for (uint64_t rest = targets; rest != 0; rest &= rest - 1) {
        struct cpu *target = &cpus[__builtin_ctzll(rest)];
        __atomic_fetch_or(&target->tlb_from, 1ull << self->id, __ATOMIC_SEQ_CST);
        apic_send(target->apic_id, APIC_SEND_FIXED | VECTOR_TLB);
    }
    while (__atomic_load_n(&self->tlb.pending, __ATOMIC_ACQUIRE) != 0) {
        arch_spin_wait();
        if (++spins % SPINLOCK_DOZE_SPINS == 0) {
            arch_irq_restore(flags);
            arch_spin_doze();
            arch_irq_disable();
        }
    }
}

void arch_tlb_flush(struct arch_as *as, vaddr_t start, size_t page_count)
{
    irqflags_t flags = arch_irq_save();
    struct cpu *self = cpu_current();
    if (self->active == as) {
        flush_local(as, start.v, page_count);
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* table edits before the look at who uses them */
    uint64_t targets = __atomic_load_n(&as->active_cpus, __ATOMIC_SEQ_CST) & ~(1ull << self->id);
    targets = without_sleepers(targets);
    if (targets != 0) {
        run_on_others(targets,
                      &(struct tlb_request){.as = as, .start = start.v, .page_count = page_count},
                      flags);
    }
    arch_irq_restore(flags);
}

void arch_tlb_flush_kernel(vaddr_t start, size_t page_count)
{
    irqflags_t flags = arch_irq_save();
    flush_local(NULL, start.v, page_count);
    uint64_t targets = __atomic_load_n(&cpus_online, __ATOMIC_SEQ_CST) & ~(1ull << arch_cpu_id());
    if (targets != 0) {
        run_on_others(targets, &(struct tlb_request){.start = start.v, .page_count = page_count},
                      flags);
    }
    arch_irq_restore(flags);
}

void tlb_detach(struct arch_as *as)
{
    irqflags_t flags = arch_irq_save();
    if (cpu_current()->active == as) {
        arch_as_activate(NULL);
    }
    uint64_t targets = __atomic_load_n(&as->active_cpus, __ATOMIC_SEQ_CST);
    if (targets != 0) {
        run_on_others(targets, &(struct tlb_request){.as = as, .detach = true}, flags);
    }
    arch_irq_restore(flags);
}
