// SPDX-License-Identifier: MIT
// What traps ask of the scheduler: timer, interrupts from other CPUs, the way back to user mode.
#include <arch/smp.h>
#include <arch/timer.h>
#include <arch/trap.h>
#include <mm/aspace.h>
#include <task/pressure.h>
#include <task/sched.h>
#include <task/signal.h>
#include <task/thread.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "throttle.h"
#include "timer_internal.h"

/* A running thread whose slice is over, or one of higher priority that came from elsewhere. */
static void request_if_due(struct run_queue *queue)
{
    struct thread *running = queue->current;

    if (running != &queue->idle && run_queue_has(queue, running->priority) &&
        arch_time_ns() >= queue->slice_end) {
        queue->need_resched = true;
        arch_thread_request_work(&running->arch);
    }
}

/* Timers that expire send signals, so no queue is locked. */
static void timers_expire(struct run_queue *queue, bool from_user)
{
    uint64_t now = arch_time_ns();

    if (queue->sample_at <= now && queue->current != &queue->idle) {
        cpu_time_sample(queue->current, from_user);
        run_queue_sample_next(queue, now);
    }
    if (timer_next_event(queue->cpu) <= now) {
        timer_expire_here();
    }
    if (queue->tick_at <= now) {
        timer_expire_used(queue->current);
        queue->tick_at = TIMER_NEVER;
    }
}

/* The running thread has ticks if it needs them. Queue locked. */
static void tick_if_wanted(struct run_queue *queue)
{
    if (queue->tick_at == TIMER_NEVER && timer_wants_ticks(queue->current)) {
        queue->tick_at = arch_time_ns() + TIMER_TICK_NS;
    }
}

void timer_interrupt(bool from_user)
{
    struct run_queue *queue = run_queue_here();
    irqflags_t off;
    struct thread *thread;
    uint32_t woken = 0; /* where those may run that are woken */

    timers_expire(queue, from_user);
    off = spin_lock_irqsave(&queue->lock);

    queue->armed = ARCH_TIMER_NEVER;
    while ((thread = run_queue_timer_due(queue, arch_time_ns())) != NULL) {
        woken |= thread->cpus;
        sched_timer_expired(queue, thread);
    }
    real_time_look(queue, arch_time_ns());
    throttle_look(queue, arch_time_ns());
    request_if_due(queue);
    tick_if_wanted(queue);
    run_queue_update_timer(queue);
    spin_unlock_irqrestore(&queue->lock, off);
    if (woken != 0) {
        sched_nudge_idle(woken);
    }
}

void reschedule_interrupt(void)
{
    struct run_queue *queue = run_queue_here();
    irqflags_t off = spin_lock_irqsave(&queue->lock);

    request_if_due(queue);
    tick_if_wanted(queue);
    run_queue_update_timer(queue);
    spin_unlock_irqrestore(&queue->lock, off);
}

void sched_check(void)
{
    struct run_queue *queue = run_queue_here();
    irqflags_t flags;

    if (likely(!__atomic_load_n(&queue->need_resched, __ATOMIC_RELAXED))) {
        return;
    }
    flags = arch_irq_save();
    sched_preempt(run_queue_here());
    arch_irq_restore(flags);
    if (sched_has_dead() && arch_irq_enabled()) {
        sched_reap();
    }
}

static bool is_requested(uint32_t request)
{
    return (__atomic_load_n(&thread_current()->requests, __ATOMIC_RELAXED) & request) != 0;
}

void user_return_check(struct arch_registers *registers)
{
    bool throttled = false;

    for (;;) {
        if (unlikely(pressure_is_due())) {
            pressure_tell();
        }
        if (thread_canceled()) {
            arch_irq_enable();
            thread_end_canceled();
        }
        if (sched_has_dead()) {
            arch_irq_enable();
            sched_reap();
            arch_irq_disable();
        } else if (is_requested(THREAD_REQUEST_MOVE)) {
            __atomic_fetch_and(&thread_current()->requests, ~THREAD_REQUEST_MOVE, __ATOMIC_RELAXED);
            sched_move();
        } else if (run_queue_here()->need_resched) {
            sched_preempt(run_queue_here());
        } else if (is_requested(THREAD_REQUEST_LIMIT)) {
            __atomic_fetch_and(&thread_current()->requests, ~THREAD_REQUEST_LIMIT,
                               __ATOMIC_RELAXED);
            arch_irq_enable();
            cpu_time_check_limit();
            arch_irq_disable();
        } else if (is_requested(THREAD_REQUEST_STOP)) {
            arch_irq_enable();
            signal_stay_stopped();
            arch_irq_disable();
        } else if (throttle_is_due()) {
            arch_irq_enable();
            throttle_wait(throttled);
            throttled = true;
            arch_irq_disable();
        } else if (is_requested(THREAD_REQUEST_SIGNAL)) {
            arch_irq_enable();
            signal_deliver(registers);
            arch_irq_disable();
        } else {
            return;
        }
    }
}
