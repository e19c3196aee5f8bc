// SPDX-License-Identifier: MIT
// Processor time: how much a thread or a process has used is known exactly, from switch to switch.
// How much of that was in user mode is estimated: on a CPU that is not idle an interrupt looks
// every CPU_SAMPLE_NS where it came, and the time is divided as these samples are.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/types.h>

struct process;
struct thread;

#define CPU_SAMPLE_NS 10000000ull

/// How often a sample found a thread in user mode and in the kernel.
struct cpu_samples {
    uint64_t user;
    uint64_t system;
};

/// Time in ns.
struct cpu_usage {
    uint64_t user;
    uint64_t system;
};

/// Processor time the thread has used, in ns.
uint64_t thread_cpu_time(const struct thread *thread);

/// Processor time used by all threads of the process so far, in ns.
uint64_t process_cpu_time(struct process *process);

/// Processor time of the process with an id, the current one for 0. ERR_SRCH there is none;
/// ERR_PERM the current one may not signal it.
__must_check enum status process_time_of(uint64_t id, uint64_t *time);

/// Processor time of a thread of the current process, the current one for 0. ERR_SRCH.
__must_check enum status process_thread_time(uint64_t id, uint64_t *time);

/// The same in its two parts, neither of which decreases. `children` of the second are not set.
__must_check enum status process_usage_of(uint64_t id, struct coco_usage *usage);
__must_check enum status process_thread_usage(uint64_t id, struct coco_usage *usage);

/// process_cpu_time() in its two parts.
struct cpu_usage process_cpu_usage(struct process *process);
