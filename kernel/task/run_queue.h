// SPDX-License-Identifier: MIT
// Run queues: what one CPU has to run and when its timer has to fire. Private to task.
//
// A queue's lock guards the queue and the fields marked (s) of the threads that belong to it. It is
// held over a context switch: the thread that gets the CPU releases it (thread_switch_finish). Two
// of these locks are never held together.
#pragma once

#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <base/list.h>
#include <base/tree.h>
#include <task/thread.h>

#include "real_time.h"

struct run_queue {
    struct spinlock lock;
    uint64_t ready_map;   /* bit p: a thread of priority p is ready, unless it is held back */
    uint32_t ready_count; /* read without the lock as a hint */
    bool need_resched;    /* the CPU's thread shall look for a better one */
    uint8_t cpu;
    struct thread *current;
    struct thread *previous; /* between a switch and its finish */
    struct tree timers;      /* blocked threads with a deadline */
    struct list dated;       /* those of them that wait for a date, in the order of their coming */
    uint64_t slice_end;      /* monotonic ns */
    uint64_t sample_at;      /* when to look whether the running thread is in user mode */
    uint64_t tick_at;        /* when to look at timers on the running thread's processor time */
    uint64_t budget_at;      /* when to look at the running thread's budget */
    uint64_t budget_since;   /* when its time was last taken from there; this CPU only */
    uint64_t armed;          /* when the CPU's timer fires; may be earlier than needed */
    uint64_t switches;
    struct real_time_share real_time;
    struct list dead; /* ended threads to free; this CPU only, interrupts off */
    struct list ready[THREAD_PRIORITY_COUNT];
    struct thread idle;
} __aligned(64);

_Static_assert(ARCH_CPU_MAX <= 32, "sets of CPUs are 32-bit words");

#define RUN_QUEUE_LOOK_MAX 64u

extern struct run_queue run_queues[ARCH_CPU_MAX];

/// This CPU's queue. Stable while the caller does not block.
static inline struct run_queue *run_queue_here(void)
{
    return &run_queues[arch_cpu_id()];
}

/// True if a ready thread that is not held back has at least `priority`. A hint without the lock.
static inline bool run_queue_has(const struct run_queue *queue, unsigned priority)
{
    return __atomic_load_n(&queue->ready_map, __ATOMIC_RELAXED) >> priority != 0;
}

/// True if a thread is ready, held back or not. A hint without the lock.
static inline bool run_queue_any(const struct run_queue *queue)
{
    return __atomic_load_n(&queue->ready_count, __ATOMIC_RELAXED) != 0;
}

/// Makes an empty queue for CPU `cpu`.
void run_queue_init(struct run_queue *queue, unsigned cpu);

/// Locks the queue that `thread` belongs to and returns it.
struct run_queue *run_queue_lock_of(struct thread *thread, irqflags_t *flags);

// The rest is called with the queue's lock held.

/// Whether `thread` may run on this queue's CPU.
static inline bool run_queue_allows(const struct run_queue *queue, const struct thread *thread)
{
    return (thread->cpus >> queue->cpu & 1) != 0;
}

/// Adds a ready thread behind (or, with `first`, before) those of its priority.
void run_queue_add(struct run_queue *queue, struct thread *thread, bool first);

/// Takes the best ready thread off the queue, one that is held back only if there is no other;
/// NULL if there is none.
struct thread *run_queue_take(struct run_queue *queue);

/// The same for CPU `cpu`, which passes over threads that may not run there. It looks at
/// RUN_QUEUE_LOOK_MAX threads at most, and then takes none.
struct thread *run_queue_take_for(struct run_queue *queue, unsigned cpu);

/// Takes a thread that is in the queue out of it.
void run_queue_remove(struct run_queue *queue, struct thread *thread);

/// Tells the queue's CPU about a thread that became ready: makes it switch, or time its current
/// one.
void run_queue_kick(struct run_queue *queue, const struct thread *added);

/// Arms this CPU's timer if it would fire later than the queue needs.
void run_queue_update_timer(struct run_queue *queue);

/// The next sample is taken at the next multiple of CPU_SAMPLE_NS: where a thread begins to run, or
/// goes to sleep, has no influence.
void run_queue_sample_next(struct run_queue *queue, uint64_t now);

/// Puts a thread that is about to block into the queue's timers, or takes it out. `deadline` may
/// have COCO_DEADLINE_DATE.
void run_queue_timer_add(struct run_queue *queue, struct thread *thread, uint64_t deadline);
void run_queue_timer_remove(struct run_queue *queue, struct thread *thread);

/// First timer that is due at `now`, or NULL.
struct thread *run_queue_timer_due(struct run_queue *queue, uint64_t now);
