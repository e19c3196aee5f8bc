// SPDX-License-Identifier: MIT
// Signals of timers. A timer has one instance of its signal, allocated with it. From the moment it
// is sent until what was taken is released, the timer holds a reference to itself, and expirations
// are counted instead of sent.
#include <base/check.h>
#include <base/math.h>

#include "process_internal.h"
#include "timer_internal.h"

#define OVERRUN_MAX 0x7fffffffull /* POSIX's DELAYTIMER_MAX */

/* Process locked. */
static void note_fired(struct timer *timer)
{
    timer->fired = timer->deadline;
    timer->fired_interval = timer->interval;
    timer->fired_generation = timer->generation;
}

bool timer_signal_send(struct timer *timer)
{
    struct process *process = timer->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool kept = true;

    if (timer->busy) { /* the timer was set anew meanwhile */
        timer->merged += timer->taken ? 0 : 1;
        timer->again = timer->taken;
        note_fired(timer);
    } else {
        bool job = timer_is_job_signal(timer->instance.info.signal);

        kept = job || signal_post_instance(process, timer->target, &timer->instance);
        if (kept) {
            CHECK(object_get(&timer->object), "a timer expires while it is destroyed");
            timer->busy = true;
            timer->taken = false;
            timer->again = false;
            timer->merged = 0;
            note_fired(timer);
        }
        if (job) {
            timer_job_post(timer);
        }
    }
    spin_unlock_irqrestore(&process->lock, flags);
    return kept;
}

/* The timer's clock, with the process locked. */
static uint64_t now_locked(const struct timer *timer)
{
    return timer->clock == COCO_CLOCK_PROCESS ? process_cpu_time_locked(timer->process)
                                              : timer_now(timer);
}

void timer_signal_dropped(struct timer *timer)
{
    struct process *process = timer->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);

    timer_signal_taken(timer, NULL);
    if (timer->fired_interval != 0) {
        timer->next += TIMER_IDLE_INTERVAL_NS / timer->fired_interval * timer->fired_interval;
    }
    spin_unlock_irqrestore(&process->lock, flags);
    timer_signal_release(timer);
}

void timer_signal_taken(struct timer *timer, struct coco_signal_info *info)
{
    uint64_t missed = 0;

    if (timer->fired_interval != 0) {
        uint64_t now = now_locked(timer);

        missed = now > timer->fired ? (now - timer->fired) / timer->fired_interval : 0;
        timer->next = timer->fired + (missed + 1) * timer->fired_interval;
    }
    missed = MIN(missed + timer->merged, OVERRUN_MAX);
    timer->taken = true;
    if (info != NULL) {
        info->status = (uint32_t)missed;
        __atomic_store_n(&timer->overruns, (uint32_t)missed, __ATOMIC_RELAXED);
    }
}

void timer_signal_release(struct timer *timer)
{
    struct process *process = timer->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool again = timer->again;
    uint64_t generation = timer->fired_generation;
    uint64_t next = again ? timer->fired : timer->next;
    bool queued = false;

    timer->busy = false;
    spin_unlock_irqrestore(&process->lock, flags);
    flags = spin_lock_irqsave(&timer->base->lock);
    if (timer->generation == generation && !timer->queued && (timer->armed || again)) {
        timer_enqueue(timer, next);
        queued = true;
    }
    spin_unlock_irqrestore(&timer->base->lock, flags);
    if (queued) {
        timer_base_changed(timer);
    }
    object_put(&timer->object);
}
