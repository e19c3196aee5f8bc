// SPDX-License-Identifier: MIT
// Starting the other CPUs, and interrupts between CPUs.
//
// CPUs are started one after the other: each gets INIT and STARTUP, runs the trampoline in low
// memory, and reports by setting its bit in cpus_online. The trampoline's parameters are reused
// only after that; a CPU that does not report is put back to INIT, and no further one is started.
#include "percpu.h"
#include <arch/boot.h>
#include <base/check.h>
#include <base/log.h>
#include <base/string.h>

extern const char trampoline_start[], trampoline_root[], trampoline_end[];

/// Layout of the end of trampoline.S.
struct trampoline_parameters {
    uint64_t root;
    uint64_t stack;
    uint64_t cpu;
    uint64_t entry;
};

#define START_TIMEOUT_MS 1000u

static void (*volatile cpu_entry)(void);

static __noreturn void cpu_start(struct cpu *cpu)
{
    x86_write_cr3(paging_kernel_root().v);
    features_enable();
    idt_load();
    segments_load(cpu, (void *)cpu->tss.ist[0]);
    apic_enable();
    time_enable_timer();
    __atomic_fetch_or(&cpus_online, 1ull << cpu->id, __ATOMIC_SEQ_CST);
    cpu_entry();
    panic("CPU %u returned from its idle loop", cpu->id);
}

/// Writes the trampoline with the parameters of `cpu`; false when the page is not memory.
static bool trampoline_write(const struct cpu *cpu, const void *stack_top)
{
    size_t code_len = (size_t)(trampoline_end - trampoline_start);
    const struct trampoline_parameters parameters = {
        .root = paging_boot_root().v,
        .stack = (uint64_t)stack_top,
        .cpu = (uint64_t)cpu,
        .entry = (uint64_t)cpu_start,
    };
    char *page = arch_window_map(0, paddr(TRAMPOLINE_BASE));
    memcpy(page, trampoline_start, code_len);
    memcpy(page + (trampoline_root - trampoline_start), &parameters, sizeof(parameters));
    bool ok = memcmp(page, trampoline_start, (size_t)(trampoline_root - trampoline_start)) == 0;
    arch_window_unmap(0);
    return ok;
}

static bool wait_online(const struct cpu *cpu, unsigned ms)
{
    for (unsigned waited = 0; waited < ms * 20; waited++) {
        if ((__atomic_load_n(&cpus_online, __ATOMIC_ACQUIRE) & 1ull << cpu->id) != 0) {
            return true;
        }
        time_delay_us(50);
    }
    return false;
}

static bool start_one(struct cpu *cpu, const struct arch_cpu_stacks *stacks)
{
    stack_head_init(stacks->idle, cpu);
    stack_head_init(stacks->trap, cpu);
    cpu->tss.ist[0] = (uint64_t)stacks->trap;
    if (!trampoline_write(cpu, stacks->idle)) {
        klog(LOG_ERROR, "cannot start further CPUs: no memory at 0x%x", TRAMPOLINE_BASE);
        return false;
    }
    apic_send(cpu->apic_id, APIC_SEND_INIT);
    time_delay_us(10);
    apic_send(cpu->apic_id, APIC_SEND_STARTUP | TRAMPOLINE_BASE >> 12);
    if (wait_online(cpu, 10)) {
        return true;
    }
    /* Real machines may want a second one. */
    apic_send(cpu->apic_id, APIC_SEND_STARTUP | TRAMPOLINE_BASE >> 12);
    if (wait_online(cpu, START_TIMEOUT_MS)) {
        return true;
    }
    apic_send(cpu->apic_id, APIC_SEND_INIT);
    klog(LOG_ERROR, "CPU %u (APIC id %u) did not start", cpu->id, cpu->apic_id);
    return false;
}

void arch_smp_start(const struct arch_cpu_map *map, const struct arch_cpu_stacks *stacks,
                    void (*entry)(void))
{
    cpu_entry = entry;
    unsigned next = 1;
    for (unsigned i = 0; i < map->count && next < ARCH_CPU_MAX; i++) {
        if (map->apic_ids[i] == cpus[0].apic_id) {
            continue;
        }
        cpus[next].id = next;
        cpus[next].apic_id = map->apic_ids[i];
        if (!start_one(&cpus[next], &stacks[next])) {
            break;
        }
        next++;
    }
    paging_drop_boot_root();
}

void arch_init_interrupts(const struct arch_cpu_map *map)
{
    pic_disable();
    apic_init();
    cpus[0].apic_id = apic_id();
    io_apic_init(map);
    time_calibrate_end();
    time_enable_timer();
}

void arch_send_reschedule(unsigned cpu)
{
    apic_send(cpus[cpu].apic_id, APIC_SEND_FIXED | VECTOR_RESCHEDULE);
}

void arch_stop_others(void)
{
    uint64_t others = __atomic_load_n(&cpus_online, __ATOMIC_RELAXED) & ~(1ull << arch_cpu_id());
    trap_stopping = true;
    for (; others != 0; others &= others - 1) {
        apic_send(cpus[__builtin_ctzll(others)].apic_id, APIC_SEND_NMI);
    }
}
