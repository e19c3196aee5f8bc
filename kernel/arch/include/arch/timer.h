// SPDX-License-Identifier: MIT
// Time since boot, one-shot timer per CPU, wall clock at boot.
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct coco_clock_page;

#define ARCH_TIMER_NEVER UINT64_MAX

/// Nanoseconds since boot; monotonic on each CPU and, as time-stamp counters run in step, over
/// CPUs.
uint64_t arch_time_ns(void);

/// Arms this CPU's timer for `deadline_ns` (arch_time_ns() scale); a deadline in the past fires at
/// once. Replaces the earlier deadline. ARCH_TIMER_NEVER turns the timer off. Fires
/// timer_interrupt() at the deadline or, for far ones, earlier: the callee looks at the clock and
/// arms again. Interrupts off.
void arch_timer_arm(uint64_t deadline_ns);

/// Ticks of arch_ticks() per second, as measured at boot.
uint64_t arch_tsc_hz(void);

/// arch_ticks() at the kernel's first instruction.
uint64_t arch_boot_ticks(void);

/// Wall-clock time at arch_time_ns() == 0: nanoseconds since 1970-01-01 00:00 UTC. Changes when the
/// wall clock is set.
int64_t arch_wall_base_ns(void);

/// Sets what arch_wall_base_ns() returns from now on, on all CPUs. `base` may be negative.
void arch_wall_base_set(int64_t base);

/// Fills `page`, which is zeroed and stays mapped for good, with what user mode needs to read the
/// clocks by itself (struct coco_clock_page), and keeps it right when the wall clock is set.
/// Without a count that user mode can read, it says so. Once, at boot.
void arch_time_publish(struct coco_clock_page *page);
