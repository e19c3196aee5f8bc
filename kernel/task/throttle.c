// SPDX-License-Identifier: MIT
#include "throttle.h"

#include <arch/timer.h>
#include <base/math.h>
#include <object/wait.h>
#include <task/budget.h>

#include "run_queue.h"
#include "timer_internal.h"

/* Other CPUs may use the same budget: look again when this part of what is left could be used. */
#define LOOK_MIN_NS 100000u

/* The running thread has used the time up to `now`. Returns what is left. */
static uint64_t count(struct run_queue *queue, const struct thread *running, uint64_t now)
{
    uint64_t used = now > queue->budget_since ? now - queue->budget_since : 0;

    queue->budget_since = now;
    budget_charge(running->budget, used, now);
    return budget_left(running->budget, now);
}

/* `running` goes on with `left` ns. */
static void set_look(struct run_queue *queue, struct thread *running, uint64_t left, uint64_t now)
{
    if (left == 0) {
        queue->budget_at = TIMER_NEVER;
        arch_thread_request_work(&running->arch); /* it stops on its way to user mode */
    } else {
        uint64_t least = MIN(left, LOOK_MIN_NS);

        queue->budget_at = now + MAX(left / arch_cpu_count(), least);
    }
}

void throttle_switch(struct run_queue *queue, const struct thread *previous, struct thread *next,
                     uint64_t now)
{
    if (previous->budget != NULL) {
        (void)count(queue, previous, now);
    }
    queue->budget_since = now;
    if (next->budget != NULL) {
        set_look(queue, next, budget_left(next->budget, now), now);
    } else {
        queue->budget_at = TIMER_NEVER;
    }
}

void throttle_look(struct run_queue *queue, uint64_t now)
{
    struct thread *running = queue->current;

    if (unlikely(now >= queue->budget_at)) {
        set_look(queue, running, count(queue, running, now), now);
    }
}

bool throttle_is_due(void)
{
    const struct thread *thread = thread_current();

    return unlikely(thread->budget != NULL) && count(run_queue_here(), thread, arch_time_ns()) == 0;
}

void throttle_wait(bool again)
{
    struct cpu_budget *budget = thread_current()->budget;
    /* All wait for the same time, and those with the same deadline go on in the order in which they
     * came: the one that had this period's time would come first, and have the next one's, too. */
    uint64_t behind = again ? 0 : 1;
    enum status status;

    do {
        status = sched_block(budget_refilled_at(budget, arch_time_ns()) + behind, WAIT_KILLABLE);
    } while (status == OK); /* a wake-up meant for something else */
}

void throttle_leave(void)
{
    struct thread *thread = thread_current();
    irqflags_t flags = arch_irq_save();
    struct run_queue *queue = run_queue_here();
    irqflags_t off = spin_lock_irqsave(&queue->lock);

    if (thread->budget != NULL) {
        (void)count(queue, thread, arch_time_ns());
        queue->budget_at = TIMER_NEVER;
        thread->budget = NULL;
        thread_update_special(thread);
    }
    spin_unlock_irqrestore(&queue->lock, off);
    arch_irq_restore(flags);
}
