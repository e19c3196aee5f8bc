// SPDX-License-Identifier: MIT
// The scheduler's core: switching, blocking, yielding, idling. Waking and stealing are in
// sched_wake.c.
//
// A thread belongs to one run queue at a time (`cpu`); that queue's lock guards its scheduling
// state.
#include <arch/paging.h>
#include <arch/timer.h>
#include <base/check.h>
#include <mm/aspace.h>
#include <task/futex.h>
#include <task/pressure.h>
#include <task/sched.h>
#include <task/signal.h>

#include "sched_internal.h"
#include "thread_internal.h"
#include "throttle.h"
#include "timer_internal.h"

void sched_init(void)
{
    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        run_queue_init(&run_queues[cpu], cpu);
    }
    futex_init();
    timer_init();
    pressure_init();
}

struct thread *sched_current(void)
{
    return thread_current();
}

struct call_state *sched_call_state(void)
{
    return &thread_current()->call_state;
}

struct aspace *aspace_current(void)
{
    struct thread *thread = thread_current();

    return thread == NULL ? NULL : thread->aspace;
}

/* What a thread that left this CPU for good, or for another one, leaves to do. Queue locked, and
 * unlocked afterwards. */
static __noinline void finish_leaving(struct run_queue *queue, struct thread *previous)
{
    if (previous->state == THREAD_MOVING) {
        sched_place(queue, previous, arch_irq_save()); /* interrupts are off, and stay so */
        return;
    }
    list_add_tail(&queue->dead, &previous->run_link);
    /* A new thread goes straight to user mode: it has to come by and free the dead one. */
    arch_thread_request_work(&queue->current->arch);
    spin_unlock(&queue->lock);
}

static __always_inline void switch_finish(void)
{
    struct run_queue *queue = run_queue_here();
    struct thread *previous = queue->previous;

    queue->previous = NULL;
    if (unlikely(previous->state >= THREAD_DEAD)) {
        finish_leaving(queue, previous);
        return;
    }
    spin_unlock(&queue->lock);
}

/* What a switch has to do for threads that are no plain ones. Queue locked. */
static __noinline void switch_special(struct run_queue *queue, struct thread *next, uint64_t now)
{
    const struct thread *previous = queue->current;

    if ((previous->priority | next->priority) >= THREAD_PRIORITY_REAL_TIME) {
        real_time_switch(queue, previous, next, now);
    }
    throttle_switch(queue, previous, next, now);
}

/* Puts `next` on this CPU for the rest of the slice; without `retime` the timer is armed as it must
 * be. Queue locked, interrupts off; returns, nothing locked, when the caller runs again. */
static __always_inline void hand_to_inline(struct run_queue *queue, struct thread *next,
                                           uint64_t now, bool retime)
{
    struct thread *previous = queue->current;

    if (unlikely((previous->special | next->special) != 0)) {
        switch_special(queue, next, now);
        retime = true;
    }
    queue->need_resched = false; /* this is the best choice as of now */
    queue->tick_at = timer_wants_ticks(next) ? now + TIMER_TICK_NS : TIMER_NEVER;
    if (next == previous) {
        /* The others were stolen before the queue was locked. Its saved stack pointer is an old
         * one. */
        next->state = THREAD_RUNNING;
        run_queue_update_timer(queue);
        spin_unlock(&queue->lock);
        return;
    }
    __atomic_store_n(&previous->cpu_time, previous->cpu_time + (now - previous->run_since),
                     __ATOMIC_RELAXED);
    __atomic_store_n(&previous->run_since, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&next->run_since, now, __ATOMIC_RELAXED);
    next->state = THREAD_RUNNING;
    queue->current = next;
    queue->previous = previous;
    __atomic_store_n(&queue->switches, queue->switches + 1, __ATOMIC_RELAXED);
    if (retime || queue->tick_at != TIMER_NEVER) {
        run_queue_update_timer(queue);
    }
    /* A kernel thread keeps what is loaded: it does not touch user memory. */
    if (next->aspace != NULL) {
        arch_as_switch(&next->aspace->arch);
    }
    arch_thread_switch(&previous->arch, &next->arch);
    switch_finish();
}

static void hand_to(struct run_queue *queue, struct thread *next, uint64_t now, bool retime)
{
    hand_to_inline(queue, next, now, retime);
}

/* The same with a turn of its own. */
static void switch_to(struct run_queue *queue, struct thread *next)
{
    uint64_t now = arch_time_ns();

    queue->slice_end = now + next->slice;
    hand_to(queue, next, now, true);
}

void thread_switch_finish(void)
{
    switch_finish();
}

static struct thread *take_or_idle(struct run_queue *queue)
{
    struct thread *next = run_queue_take(queue);

    return next != NULL ? next : &queue->idle;
}

void sched_reap(void)
{
    for (;;) {
        irqflags_t flags = arch_irq_save();
        struct list *link = list_take_first(&run_queue_here()->dead);

        arch_irq_restore(flags);
        if (link == NULL) {
            return;
        }
        thread_release_dead(list_entry(link, struct thread, run_link));
    }
}

/* After a switch back, with the caller's interrupt state restored: interrupts are on unless the
 * caller came with them off, who then reaps by itself. */
static void reap_if_allowed(void)
{
    if (unlikely(sched_has_dead()) && arch_irq_enabled()) {
        sched_reap();
    }
}

static enum status interrupted(enum wait_mode mode)
{
    uint32_t requests = thread_requested((uint32_t)mode);

    if (likely(requests == 0)) {
        return OK;
    }
    return (requests & THREAD_REQUEST_END) != 0 ? ERR_CANCELED : ERR_INTR;
}

static enum status block_once(uint64_t deadline, enum wait_mode mode)
{
    struct thread *thread = thread_current();

    if (unlikely(pressure_is_due())) {
        pressure_tell(); /* it may not come to user mode for long */
    }
    irqflags_t flags = arch_irq_save();
    struct run_queue *queue = run_queue_here();
    irqflags_t off = spin_lock_irqsave(&queue->lock);
    enum status status = interrupted(mode);

    if (thread->wake_pending) {
        thread->wake_pending = false;
        status = OK;
    } else if (status != OK) {
        /* as it is */
    } else if (deadline != WAIT_FOREVER && deadline <= arch_time_ns()) {
        status = ERR_TIMEDOUT;
    } else {
        thread->state = THREAD_BLOCKED;
        thread->wait_mode = (uint8_t)mode;
        thread->block_result = OK;
        if (deadline != WAIT_FOREVER) {
            run_queue_timer_add(queue, thread, deadline);
        }
        switch_to(queue, take_or_idle(queue));
        status = thread->block_result;
        arch_irq_restore(flags);
        reap_if_allowed();
        return status;
    }
    spin_unlock_irqrestore(&queue->lock, off);
    arch_irq_restore(flags);
    return status;
}

enum status sched_block(uint64_t deadline, enum wait_mode mode)
{
    enum status status;

    do {
        status = block_once(deadline, mode);
        /* The wall clock may have been set, and does not show the date yet. */
    } while (unlikely(status == ERR_TIMEDOUT) && timer_is_before_date(deadline));
    return status;
}

/* Another thread deserves the CPU more than one that would get the rest of this slice. */
static bool is_outranked(struct run_queue *queue, const struct thread *claimed, uint64_t now)
{
    return queue->ready_map != 0 && run_queue_has(queue, real_time_rank(queue, claimed) +
                                                             (now >= queue->slice_end ? 0u : 1u));
}

enum status sched_block_for(struct thread *claimed, uint64_t deadline, enum wait_mode mode)
{
    struct thread *thread = thread_current();
    irqflags_t flags = arch_irq_save();
    struct run_queue *queue = run_queue_here();
    uint64_t now = arch_time_ns();
    irqflags_t off = spin_lock_irqsave(&queue->lock);
    enum status status = interrupted(mode);

    if (unlikely(thread->wake_pending || status != OK || deadline <= now)) {
        spin_unlock_irqrestore(&queue->lock, off);
        arch_irq_restore(flags);
        sched_resume(claimed);
        return sched_block(deadline, mode);
    }
    thread->state = THREAD_BLOCKED;
    thread->wait_mode = (uint8_t)mode;
    thread->block_result = OK;
    if (deadline != WAIT_FOREVER) {
        run_queue_timer_add(queue, thread, deadline);
    }
    if (unlikely(is_outranked(queue, claimed, now))) {
        run_queue_add(queue, claimed, false);
        switch_to(queue, run_queue_take(queue));
    } else {
        hand_to(queue, claimed, now, deadline != WAIT_FOREVER);
    }
    status = thread->block_result;
    arch_irq_restore(flags);
    reap_if_allowed();
    return unlikely(status == ERR_TIMEDOUT) && timer_is_before_date(deadline)
               ? sched_block(deadline, mode)
               : status;
}

/* Both halves into the fast path of channels. */
__attribute__((always_inline)) bool sched_hand_over_begin(struct thread *next, enum wait_mode mode)
{
    const struct thread *thread = thread_current();
    struct run_queue *queue = run_queue_here();

    spin_lock(&queue->lock);
    if (likely(__atomic_load_n(&next->cpu, __ATOMIC_ACQUIRE) == queue->cpu &&
               next->state == THREAD_BLOCKED && !next->timer_queued && !thread->wake_pending &&
               interrupted(mode) == OK &&
               (queue->ready_map == 0 || !is_outranked(queue, next, arch_time_ns())))) {
        return true;
    }
    spin_unlock(&queue->lock);
    return false;
}

__attribute__((always_inline)) enum status sched_hand_over(struct thread *next, enum wait_mode mode,
                                                           struct spinlock *held)
{
    struct thread *thread = thread_current();

    thread->state = THREAD_BLOCKED;
    thread->wait_mode = (uint8_t)mode;
    thread->block_result = OK;
    spin_unlock(held);
    hand_to_inline(run_queue_here(), next, arch_time_ns(), false);
    return thread->block_result; /* ended threads are freed on the way to user mode */
}

void sched_yield_cpu(void)
{
    irqflags_t flags = arch_irq_save();
    struct run_queue *queue = run_queue_here();
    struct thread *thread = queue->current;

    if (run_queue_has(queue, thread->priority)) {
        (void)spin_lock_irqsave(&queue->lock);
        run_queue_add(queue, thread, false);
        switch_to(queue, run_queue_take(queue));
    }
    arch_irq_restore(flags);
    reap_if_allowed();
}

void sched_preempt(struct run_queue *queue)
{
    struct thread *thread = queue->current;
    irqflags_t off = spin_lock_irqsave(&queue->lock);
    bool used_up = arch_time_ns() >= queue->slice_end;

    queue->need_resched = false;
    if (run_queue_has(queue, real_time_rank(queue, thread) + (used_up ? 0u : 1u))) {
        run_queue_add(queue, thread, !used_up);
        switch_to(queue, run_queue_take(queue));
        return;
    }
    run_queue_update_timer(queue);
    spin_unlock_irqrestore(&queue->lock, off);
}

void sched_move(void)
{
    irqflags_t flags = arch_irq_save();
    struct run_queue *queue = run_queue_here();
    struct thread *thread = queue->current;
    irqflags_t off = spin_lock_irqsave(&queue->lock);

    if (run_queue_allows(queue, thread)) {
        spin_unlock_irqrestore(&queue->lock, off);
    } else {
        thread->state = THREAD_MOVING;
        switch_to(queue, take_or_idle(queue));
    }
    arch_irq_restore(flags);
    reap_if_allowed();
}

void sched_exit(void)
{
    struct run_queue *queue;

    arch_irq_disable();
    queue = run_queue_here();
    (void)spin_lock_irqsave(&queue->lock);
    queue->current->state = THREAD_DEAD;
    switch_to(queue, take_or_idle(queue));
    panic("a thread that has ended runs again");
}

/* Halts until an interrupt, unless there is something to run. Interrupts off, and on afterwards. */
static void idle_wait(struct run_queue *queue)
{
    uint32_t bit = 1u << queue->cpu;

    __atomic_fetch_or(&sched_idle_cpus, bit, __ATOMIC_SEQ_CST);
    if (!run_queue_any(queue) && !sched_steal(queue)) {
        arch_idle();
    }
    __atomic_fetch_and(&sched_idle_cpus, ~bit, __ATOMIC_RELAXED);
    arch_irq_enable();
}

void sched_cpu_run(void)
{
    struct run_queue *queue = run_queue_here();

    queue->idle.run_since = arch_time_ns();
    arch_thread_adopt(&queue->idle.arch);
    for (;;) {
        irqflags_t off;

        arch_irq_disable();
        off = spin_lock_irqsave(&queue->lock);
        if (queue->ready_count != 0) {
            queue->idle.state = THREAD_READY;
            run_queue_sample_next(queue, arch_time_ns());
            switch_to(queue, run_queue_take(queue));
        } else {
            spin_unlock_irqrestore(&queue->lock, off);
            idle_wait(queue);
        }
        arch_irq_enable();
        reap_if_allowed();
    }
}
