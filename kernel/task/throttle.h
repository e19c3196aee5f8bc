// SPDX-License-Identifier: MIT
// Where the scheduler counts what threads take of their budgets, and keeps them from user mode when
// there is nothing left. Private to task. The thread that runs is charged by its own CPU alone,
// with interrupts off.
#pragma once

#include <base/types.h>

struct run_queue;
struct thread;

/// `next` gets the CPU after `previous`, one of which has a budget. Queue locked; the caller arms
/// the timer afterwards.
void throttle_switch(struct run_queue *queue, const struct thread *previous, struct thread *next,
                     uint64_t now);

/// Called by the CPU's timer interrupt, queue locked: has the running thread stop if it is time.
void throttle_look(struct run_queue *queue, uint64_t now);

/// Whether the current thread has to wait before it goes on in user mode. Interrupts off.
bool throttle_is_due(void);

/// Waits until there is something left, or the thread is to end. `again`: it has waited already,
/// and found nothing left; it goes on before those that had some since. No lock held, interrupts
/// on.
void throttle_wait(bool again);

/// The current thread ends: it takes nothing of its budget from here on, which may go with its
/// process. No lock held.
void throttle_leave(void);
