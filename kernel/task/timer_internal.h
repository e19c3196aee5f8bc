// SPDX-License-Identifier: MIT
// What the files that make up timers share, and what scheduler and signals need of them. Private to
// task.
//
// Locks: base (q) -> process (p) -> run queue. A timer's base never changes.
#pragma once

#include <task/timer.h>

#include "signal_internal.h"

/* A timer whose signal nobody takes is not asked for more often than this. */
#define TIMER_IDLE_INTERVAL_NS 10000000ull
#define TIMER_TICK_NS 2000000ull /* how often timers on processor time are looked at */

/// Indices of a base's trees.
#define TIMER_TREE_PLAIN 0u
#define TIMER_TREE_REALTIME 1u

struct timer {
    struct object object;
    struct process *process;     /* a reference; whose clock and signals */
    struct thread *clock_thread; /* a reference; of COCO_CLOCK_THREAD only */
    struct timer_base *base;
    uint32_t clock;
    uint32_t notify;
    bool counted; /* in the process's timer_count */

    struct tree_node node; /* (q) */
    uint64_t deadline;     /* (q) next expiry, or the one that nobody noticed yet */
    uint64_t interval;     /* (q) */
    uint64_t generation;   /* (q) changes with each timer_set() */
    uint8_t tree;          /* (q) which of the base's */
    bool queued;           /* (q) in the tree */
    bool armed;            /* (q) it will expire, perhaps after what it did was noticed */
    bool expired;          /* (q) readable; read without the lock */
    bool closed;           /* (q) never armed again: no handle is left; read without the lock */

    struct signal_instance instance; /* (p) of its signal */
    uint64_t target;                 /* thread id, or 0 for the process */
    bool busy;                       /* (p) the instance waits, or is being looked at */
    bool taken;                      /* (p) and has been taken */
    bool again;                      /* (p) expired after that */
    uint32_t merged;                 /* (p) times it expired while the instance waited */
    uint32_t overruns;               /* (p) of the last signal taken */
    uint64_t fired;                  /* (p) deadline that the signal is for */
    uint64_t fired_interval;         /* (p) */
    uint64_t fired_generation;       /* (p) */
    uint64_t next;                   /* (p) deadline after those that the signal stands for */
    struct list job_link;            /* see timer_job_post() */
    struct wait_queue waiters;
};

/// True for a signal that stops or continues a process: what it brings about takes a thread.
static inline bool timer_is_job_signal(uint32_t signal)
{
    return (signal_bit(signal) & (SIGNAL_STOPPING | signal_bit(COCO_SIGNAL_CONTINUE))) != 0;
}

/// Leaves the timer's signal to the kernel thread of timer_start(); the timer has taken a reference
/// to itself for it. Any context, any lock but a run queue's.
void timer_job_post(struct timer *timer);

/// Prepares the list of that thread; called by timer_init().
void timer_job_init(void);

/// Time of the clock that deadlines in the timer's tree are of. Without the process's lock.
uint64_t timer_now(const struct timer *timer);

/// Puts a timer that is not queued into its tree. Base locked; timer_base_changed() follows.
void timer_enqueue(struct timer *timer, uint64_t deadline);

/// Takes a timer out of its tree if it is there. Base locked.
void timer_dequeue(struct timer *timer);

/// After a change of a base, without its lock: whoever watches it looks again.
void timer_base_changed(struct timer *timer);

/// The base for a new timer, and for a CPU's clocks. ERR_NOMEM.
__must_check enum status timer_base_find(struct timer *timer);

/// The timer's signal was taken, or thrown away: `info`, if not NULL, gets how often the timer
/// expired beyond the first time. Process locked; timer_signal_release() follows without it.
void timer_signal_taken(struct timer *timer, struct coco_signal_info *info);

/// The signal was sent and nobody takes it: a timer that repeats goes on, not too soon. No lock
/// held; as timer_signal_release().
void timer_signal_dropped(struct timer *timer);

/// The instance is free again: a timer that repeats goes on. No lock held.
void timer_signal_release(struct timer *timer);

/// Sends the signal of a timer that expires. False if nobody will take it. Base locked.
__must_check bool timer_signal_send(struct timer *timer);

// --- for the scheduler ---------------------------------------------------------------------------

/// The monotonic time when the wall clock shows `date`, as it is set now; 0 if that has passed.
uint64_t timer_monotonic_of(uint64_t date);

/// True if a deadline is a date, and the wall clock does not show it yet.
bool timer_is_before_date(uint64_t deadline);

/// How often the wall clock was set.
uint32_t timer_date_serial(void);

/// When the wall clocks' timers of a CPU need an interrupt, monotonic ns.
uint64_t timer_next_event(unsigned cpu);

/// Lets timers of this CPU expire. From an interrupt, no lock held.
void timer_expire_here(void);

/// Lets timers on the processor time of `thread`, which runs here, and its process expire. From an
/// interrupt, no lock held.
void timer_expire_used(struct thread *thread);

/// Whether `thread` needs ticks while it runs.
bool timer_wants_ticks(const struct thread *thread);
