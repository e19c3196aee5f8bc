// SPDX-License-Identifier: MIT
// The other CPUs.
#pragma once

#include <abi/status.h>
#include <arch/cpu.h>
#include <base/compiler.h>
#include <base/types.h>

/// What the firmware says about the CPUs, as far as arch needs it.
struct arch_cpu_map {
    unsigned count;                  /* 1 .. ARCH_CPU_MAX */
    uint32_t apic_ids[ARCH_CPU_MAX]; /* local APIC ids, in firmware's order */
    paddr_t io_apic;                 /* physical address of the I/O APIC */
    uint32_t io_apic_line_base;      /* first interrupt line of it */
};

/// Memory that an application processor needs: ends of two blocks of ARCH_STACK_SIZE bytes, aligned
/// to their size (see arch/thread.h).
struct arch_cpu_stacks {
    void *idle; /* what it runs on outside of threads */
    void *trap; /* shared by the fatal exceptions that need a stack of their own */
};

/// Starts all CPUs that `map` names beyond the boot CPU; CPU n gets `stacks[n]` ([0] is not used)
/// and calls `entry()` on its idle stack with interrupts off; `entry` must not return. Returns when
/// all have reported. CPUs that do not come within a second are named in the log and left out.
/// Called once, at boot.
void arch_smp_start(const struct arch_cpu_map *map, const struct arch_cpu_stacks *stacks,
                    void (*entry)(void));

/// Makes `cpu` call reschedule_interrupt() soon. Any context.
void arch_send_reschedule(unsigned cpu);

/// Stops all other CPUs for good (panic). Any context.
void arch_stop_others(void);

/// Routes interrupt line `line` to this CPU and enables it; device_interrupt(line) is called when
/// it fires. Lines of virtio-mmio devices are level-triggered, active high. ERR_INVAL: no such
/// line.
enum status arch_line_enable(unsigned line, bool level) __must_check;
