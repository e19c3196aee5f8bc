// SPDX-License-Identifier: MIT
// Scheduler: one run queue per CPU, 64 priorities, round robin within a priority, idle CPUs steal
// work.
//
// The kernel is not preempted: switches happen on return to user mode, when a thread blocks, yields
// or ends, and in sched_check(). sched_block() and sched_wake(), which wait queues use, are
// declared in <object/wait.h>; the trap upcalls in <arch/trap.h>.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define SCHED_SLICE_NS 10000000ull

/// Prepares the run queues. Called once, on the boot CPU, before threads are made; the boot context
/// becomes that CPU's idle thread, so it must not block.
void sched_init(void);

/// Turns the calling context into this CPU's idle loop; interrupts get enabled. Every CPU ends its
/// start with this call; the boot CPU starts its first kernel thread before.
__noreturn void sched_cpu_run(void);

/// Lets other threads of the same or a higher priority run. Does nothing if there are none. (The C
/// library of a host build owns the shorter name.)
void sched_yield_cpu(void);

/// For long loops in the kernel, no lock held: gives the CPU away if its slice has ended or a
/// thread of higher priority waits. Such loops also look at thread_canceled(). Declared in
/// <mm/aspace.h>, too.
void sched_check(void);

/// Sleeps until `deadline` (monotonic ns); at once if it has passed. ERR_CANCELED if the thread is
/// to end, ERR_INTR if a signal is to be delivered. WAIT_FOREVER sleeps until then.
__must_check enum status sched_sleep_until(uint64_t deadline);

/// Switches from one thread to another since boot, all CPUs, for COCO_COUNTER_CONTEXT_SWITCHES.
uint64_t sched_switch_count(void);
