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

/// Limits where `thread` runs to the CPUs of `cpus`, a bit each, of which there is at least one. A
/// ready thread is queued elsewhere at once; one that runs, or is about to, moves on its way to
/// user mode; one that is blocked when it is woken. Any context; the caller makes sure that the
/// thread exists.
void sched_set_cpus(struct thread *thread, uint32_t cpus);

/// Where it may run: only CPUs that there are.
uint32_t sched_get_cpus(struct thread *thread);

/// Takes the current thread to a CPU that it may run on, if this one is not. No lock held.
void sched_move(void);

/// Queues a thread that is ready but in no queue on a CPU that it may run on. `queue`, its own, is
/// locked and gets unlocked; then `flags` are restored.
void sched_place(struct run_queue *queue, struct thread *thread, irqflags_t flags);

/// Gives the CPU away for good. The thread's stack and its own reference go once it is off the CPU.
__noreturn void sched_exit(void);

/// Gives the CPU to a better thread if there is one and `need_resched` is set or the slice is used
/// up. Interrupts off.
void sched_preempt(struct run_queue *queue);

/// Makes a thread whose timer fired ready. The queue is locked; it may be unlocked in between, with
/// interrupts off.
void sched_timer_expired(struct run_queue *queue, struct thread *thread);

/// The CPUs that there are, bit per CPU.
static inline uint32_t sched_all_cpus(void)
{
    return UINT32_MAX >> (32 - arch_cpu_count());
}

/// CPUs that halt or are about to, bit per CPU; atomic.
extern uint32_t sched_idle_cpus;

/// After the wall clock was set: threads that wait for a date, and belong to CPU `cpu`, look at it.
void sched_dates_look(unsigned cpu);

/// Takes a ready thread that may run on this CPU, whose queue is `queue`, away from a busy one, the
/// first found going round from this one. Returns false if there is none. Interrupts off.
bool sched_steal(struct run_queue *queue);

/// To be called after a thread was queued on a busy CPU, with nothing locked: makes an idle one of
/// `cpus` look.
void sched_nudge_idle(uint32_t cpus);

/// Frees the threads that ended on this CPU. Interrupts on, no lock held.
void sched_reap(void);

/// Notes where an interrupt that comes each CPU_SAMPLE_NS found the current thread.
void cpu_time_sample(struct thread *thread, bool from_user);

/// True if this CPU has ended threads to free. Interrupts on or off.
static inline bool sched_has_dead(void)
{
    return !list_empty(&run_queue_here()->dead);
}
