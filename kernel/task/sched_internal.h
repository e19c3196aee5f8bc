// SPDX-License-Identifier: MIT
// What the files of task know about the scheduler beyond its public header.
#pragma once

#include "run_queue.h"

/// Makes a new thread ready for the first time.
void sched_start(struct thread *thread);

/// Sets a THREAD_REQUEST_* and makes sure that the thread notices: a block that it can interrupt
/// ends, a thread in user mode on another CPU is interrupted. The caller makes sure that the thread
/// exists.
void sched_request(struct thread *thread, uint32_t request);

/// Gives the CPU away for good. The thread's stack and its own reference go once it is off the CPU.
__noreturn void sched_exit(void);

/// Gives the CPU to a better thread if there is one and `need_resched` is set or the slice is used
/// up. Interrupts off.
void sched_preempt(struct run_queue *queue);

/// Makes a thread whose timer fired ready. Queue locked.
void sched_timer_expired(struct run_queue *queue, struct thread *thread);

/// CPUs that halt or are about to, bit per CPU; atomic.
extern uint32_t sched_idle_cpus;

/// To be called after a thread was queued on a busy CPU, with nothing locked: makes an idle CPU
/// look.
void sched_nudge_idle(void);

/// Frees the threads that ended on this CPU. Interrupts on, no lock held.
void sched_reap(void);

/// True if this CPU has ended threads to free. Interrupts on or off.
static inline bool sched_has_dead(void)
{
    return !list_empty(&run_queue_here()->dead);
}

/// Processor time of a thread up to now.
uint64_t sched_thread_time(const struct thread *thread);
