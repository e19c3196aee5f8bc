// SPDX-License-Identifier: MIT
// The processor this code runs on: identity, interrupt flag, idle, time stamp, entropy.
//
// Part of the arch contract: every function below is declared here and defined by
// kernel/arch/x86_64 (the machine) and kernel/arch/host (unit tests). Functions that have to be
// inline come from <arch_impl/cpu.h>, which each of the two provides.
#pragma once

#include <base/compiler.h>
#include <base/types.h>

/// Most CPUs the kernel runs on; further ones are left halted.
#define ARCH_CPU_MAX 32u

/// Saved interrupt flag of a CPU: opaque, only for arch_irq_restore().
typedef uint64_t irqflags_t;

/// Number of this CPU, 0 .. arch_cpu_count()-1; 0 is the boot CPU. Stable while the caller cannot
/// be moved (interrupts off, or kernel code that does not block: kernel code is never preempted).
static inline unsigned arch_cpu_id(void);

/// Number of CPUs that are online. Grows only during arch_smp_start().
unsigned arch_cpu_count(void);

/// Turns interrupts off on this CPU; returns the earlier state for arch_irq_restore().
static inline irqflags_t arch_irq_save(void);

/// Puts the interrupt flag back to what `flags` says.
static inline void arch_irq_restore(irqflags_t flags);

/// Turns interrupts on / off on this CPU.
static inline void arch_irq_enable(void);
static inline void arch_irq_disable(void);

/// True when interrupts are on.
static inline bool arch_irq_enabled(void);

/// One step of a spin loop: tells the CPU that it is waiting. Does not serve TLB shootdowns; loops
/// that wait for another CPU with interrupts off use arch_spin_wait().
static inline void arch_relax(void);

/// One step of a loop that waits for another CPU, with interrupts on or off: relaxes and serves TLB
/// shootdowns that other CPUs wait for, so that waiting with interrupts off cannot deadlock.
void arch_spin_wait(void);

/// For a loop that has waited long for another CPU: sleeps up to some ten microseconds, or until an
/// interrupt, so that a host with fewer processors than this machine has CPUs can run the other
/// one. Does nothing when interrupts are off.
void arch_spin_doze(void);

/// Waits for an interrupt. Called with interrupts off; turns them on and halts without a gap
/// between the two, and returns with interrupts on after at least one interrupt was served.
static inline void arch_idle(void);

/// Halts this CPU for good, interrupts off.
__noreturn void arch_halt_forever(void);

/// Time-stamp counter. Under instruction counting one tick is one instruction.
static inline uint64_t arch_ticks(void);

/// One hardware random number; false when the CPU has no generator or it failed ten times.
__must_check bool arch_random_u64(uint64_t *out);

/// Feature bits for user mode, COCO_FEATURE_*.
uint64_t arch_features(void);

#include <arch_impl/cpu.h>
