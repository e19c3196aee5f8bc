// SPDX-License-Identifier: MIT
// Wait queues: sleeping until somebody wakes, a deadline passes, or the thread is told to end.
//
//     for (;;) {
//         flags = spin_lock_irqsave(&x->lock);
//         if (condition) { ... unlock; break; }
//         wait_prepare(&x->queue, &waiter);
//         spin_unlock_irqrestore(&x->lock, flags);
//         status = wait_commit(&waiter, deadline);
//         if (status != OK) { return status; }
//     }
//
// From wait_prepare on, no wake-up is lost. Lock order: the caller's lock -> queue -> scheduler.
// wait_wake may be called from interrupt handlers.
#pragma once

#include <abi/status.h>
#include <arch/spinlock.h>
#include <base/compiler.h>
#include <base/list.h>
#include <base/types.h>

struct thread;

struct wait_queue {
    struct spinlock lock;
    struct list waiters; /* struct waiter, longest waiting first */
};

/// One sleeping thread; lives on its stack from wait_prepare to wait_commit or wait_cancel.
struct waiter {
    struct list link;
    struct wait_queue *queue;
    struct thread *thread;
    bool queued;
};

#define WAIT_ALL UINT32_MAX
#define WAIT_FOREVER UINT64_MAX

/// Makes an empty queue.
void wait_queue_init(struct wait_queue *queue);

/// Puts the current thread at the end of the queue. Does not sleep. Must be followed by exactly one
/// wait_commit, wait_commit_uninterruptible or wait_cancel.
void wait_prepare(struct wait_queue *queue, struct waiter *waiter);

/// Sleeps until woken and leaves the queue. `deadline` is monotonic time in ns, WAIT_FOREVER for
/// none. Returns OK when woken (also if a deadline or kill came at the same time), ERR_TIMEDOUT
/// when the deadline passed, ERR_CANCELED when the thread is to end: the caller then unwinds
/// without waiting.
__must_check enum status wait_commit(struct waiter *waiter, uint64_t deadline);

/// As wait_commit, and ERR_INTR when a signal is to be delivered to the thread: for waits that may
/// last as long as somebody outside wants. The caller has changed nothing that a second try of the
/// system call would not find again, or returns how far it came.
__must_check enum status wait_commit_signals(struct waiter *waiter, uint64_t deadline);

/// Sleeps until woken, whatever happens. For short waits on other kernel code only.
void wait_commit_uninterruptible(struct waiter *waiter);

/// Leaves the queue without sleeping. Returns true if the thread had been woken already; a caller
/// that does not act on what it was woken for then has to wake another.
bool wait_cancel(struct waiter *waiter);

/// Wakes at most `count` waiters, the longest waiting first. Returns how many.
unsigned wait_wake(struct wait_queue *queue, unsigned count);

/// For owners of several keys in one queue: the same with `queue->lock` held by the caller.
void wait_prepare_locked(struct wait_queue *queue, struct waiter *waiter);
void wait_wake_locked(struct waiter *waiter);

// --- upcalls, defined by the scheduler -----------------------------------------------------------

/// The thread that runs on this CPU; never NULL once the scheduler runs.
struct thread *sched_current(void);

/// What ends a block early, as bits.
enum wait_mode {
    WAIT_UNINTERRUPTIBLE = 0,
    WAIT_KILLABLE = 1, /* the thread is to end: ERR_CANCELED */
    WAIT_SIGNALS = 3,  /* that, or a signal is to be delivered: ERR_INTR */
};

/// Sleeps until sched_wake was called for the current thread since the last sched_block returned,
/// or `deadline` (monotonic ns, or with COCO_DEADLINE_DATE a date) passed (ERR_TIMEDOUT), or what
/// `mode` says happened. May return OK without cause: callers check their condition again. No
/// spinlock may be held.
__must_check enum status sched_block(uint64_t deadline, enum wait_mode mode);

/// Ends the block of `thread`, or makes its next one return at once. The caller makes sure that the
/// thread exists. Any context.
void sched_wake(struct thread *thread);

/// For hand-overs on one CPU, with the caller's lock held: takes the blocked `thread` out of its
/// block, so that nobody else can wake it, and returns true; the caller then runs it by exactly one
/// of sched_block_for() and sched_resume(). Returns false when that cannot be (the thread is still
/// on its way into the block, or must not run on this CPU); it has then been woken as sched_wake()
/// does.
__must_check bool sched_claim(struct thread *thread);

/// As sched_block(), and gives the CPU straight to `claimed`, with the rest of the current thread's
/// slice. When the current thread cannot block, `claimed` just becomes ready.
__must_check enum status sched_block_for(struct thread *claimed, uint64_t deadline,
                                         enum wait_mode mode);

/// Makes a claimed thread ready. Any context.
void sched_resume(struct thread *claimed);

/// The same in one step, for fast paths, interrupts off: true if `thread`, which is blocked on this
/// CPU, can get it at once and the current thread can block for `mode` without a deadline. Then
/// sched_hand_over() has to follow, with nothing between that can fail. False: nothing changed.
__must_check bool sched_hand_over_begin(struct thread *thread, enum wait_mode mode);

/// Unlocks `held`, gives the CPU to `thread` and blocks. Result as of sched_block(), with
/// interrupts off.
__must_check enum status sched_hand_over(struct thread *thread, enum wait_mode mode,
                                         struct spinlock *held);
