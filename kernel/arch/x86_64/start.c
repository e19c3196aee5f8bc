// SPDX-License-Identifier: MIT
// First C code: stack protector, stack head, page tables; then kernel/init takes over.
#include "percpu.h"
#include <arch/timer.h>
#include <base/panic.h>
#include <base/string.h>

extern uint64_t boot_ticks;
extern char boot_stack_top[];
extern char boot_trap_stack[];

/// Read by compiler-generated code at the entry and exit of functions with arrays.
extern uint64_t __stack_chk_guard;
uint64_t __stack_chk_guard = 0x00c0c0a57ac4b100ull;

__noreturn void __stack_chk_fail(void);
__noreturn void arch_start(uint64_t start_info);

struct cpu cpus[ARCH_CPU_MAX];
uint64_t cpus_online;

__noreturn void __stack_chk_fail(void)
{
    panic("stack buffer overflow in the kernel");
}

void stack_head_init(void *stack_top, struct cpu *cpu)
{
    struct arch_stack_head *head =
        (struct arch_stack_head *)(uintptr_t)((uintptr_t)stack_top - ARCH_STACK_SIZE);
    memset(head, 0, sizeof(*head));
    head->cpu = cpu;
    head->magic = ARCH_STACK_MAGIC;
}

// The guard changes while this function runs, so it must not be guarded itself; it does not return.
__attribute__((no_stack_protector)) __noreturn void arch_start(uint64_t start_info)
{
    stack_head_init(boot_stack_top, &cpus[0]);
    stack_head_init(boot_trap_stack + ARCH_STACK_SIZE, &cpus[0]);
    cpus_online = 1;
    features_check();

    uint64_t guard;
    if (!arch_random_u64(&guard)) {
        boot_refuse("this CPU's random number instructions give nothing");
    }
    /* A zero byte lowest in memory stops string functions from reading or writing across it. */
    __stack_chk_guard = guard & ~0xffull;

    paging_init();
    kernel_main(paddr(start_info));
}

void arch_init(void)
{
    time_calibrate_begin();
    features_enable();
    idt_init();
    segments_load(&cpus[0], boot_trap_stack + ARCH_STACK_SIZE);
    idt_load();
}

uint64_t arch_boot_ticks(void)
{
    return boot_ticks;
}

unsigned arch_cpu_count(void)
{
    return (unsigned)__builtin_popcountll(__atomic_load_n(&cpus_online, __ATOMIC_RELAXED));
}
