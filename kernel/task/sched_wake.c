// SPDX-License-Identifier: MIT
// The scheduler's other half: making threads ready, and choosing a CPU for them.
//
// A wake-up for a thread that is not blocked is kept in `wake_pending`, so whoever registers
// somewhere and then blocks cannot lose it. `sched_idle_cpus` says which CPUs halt or are about to.
// It is only a hint for placement, and both sides look again after they have written: an idle CPU
// at the queues after it set its bit, a waker at the bits after it filled a queue.
#include <arch/smp.h>
#include <base/check.h>

#include "sched_internal.h"

uint32_t sched_idle_cpus;

/* Takes a CPU's idle bit away, so that two wakers do not choose the same CPU. */
static bool claim_idle(unsigned cpu)
{
    uint32_t bit = 1u << cpu;

    return (__atomic_fetch_and(&sched_idle_cpus, ~bit, __ATOMIC_RELAXED) & bit) != 0;
}

/* The CPU for a thread that becomes ready: the one it ran on last if that is idle, its caches may
 * be warm there; else any idle one; else the last one, from where an idle CPU can steal it. */
static unsigned choose_cpu(unsigned last)
{
    uint32_t idle = __atomic_load_n(&sched_idle_cpus, __ATOMIC_RELAXED);

    if (likely(idle == 0)) {
        return last;
    }
    if ((idle >> last & 1) != 0 && claim_idle(last)) {
        return last;
    }
    while (idle != 0) {
        unsigned cpu = (unsigned)__builtin_ctz(idle);

        if (claim_idle(cpu)) {
            return cpu;
        }
        idle &= idle - 1;
    }
    return last;
}

/* Where no real-time thread runs, or one of the lowest priority, if that is better than `cpu`. */
static unsigned choose_beside_real_time(unsigned cpu)
{
    unsigned best = cpu;
    uint8_t lowest = __atomic_load_n(&run_queues[cpu].real_time.level, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < arch_cpu_count(); i++) {
        uint8_t level = __atomic_load_n(&run_queues[i].real_time.level, __ATOMIC_RELAXED);

        if (level < lowest) {
            best = i;
            lowest = level;
        }
    }
    return best;
}

/* An idle CPU may have looked at the queues just before a thread was added: it shall look again. */
void sched_nudge_idle(void)
{
    uint32_t idle;

    if (arch_cpu_count() == 1) {
        return;
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    idle = __atomic_load_n(&sched_idle_cpus, __ATOMIC_RELAXED);
    if (idle != 0) {
        unsigned cpu = (unsigned)__builtin_ctz(idle);

        if (cpu != arch_cpu_id() && claim_idle(cpu)) {
            arch_send_reschedule(cpu);
        }
    }
}

/* Queues a thread that is ready but in no queue. `queue`, its own, is locked and gets unlocked. */
static void place(struct run_queue *queue, struct thread *thread, irqflags_t flags)
{
    unsigned target = choose_cpu(queue->cpu);
    bool busy;

    if (unlikely(__atomic_load_n(&run_queues[target].real_time.level, __ATOMIC_RELAXED) != 0)) {
        target = choose_beside_real_time(target);
    }
    if (target != queue->cpu) {
        thread->state = THREAD_READY;
        __atomic_store_n(&thread->cpu, target, __ATOMIC_RELEASE);
        spin_unlock_irqrestore(&queue->lock, flags);
        queue = &run_queues[target];
        flags = spin_lock_irqsave(&queue->lock);
    }
    run_queue_add(queue, thread, false);
    run_queue_kick(queue, thread);
    busy = queue->current != &queue->idle;
    spin_unlock_irqrestore(&queue->lock, flags);
    if (busy) {
        sched_nudge_idle();
    }
}

static void unblock(struct run_queue *queue, struct thread *thread, enum status result)
{
    run_queue_timer_remove(queue, thread);
    thread->block_result = result;
}

void sched_start(struct thread *thread)
{
    irqflags_t flags;
    struct run_queue *queue;

    thread->cpu = arch_cpu_id();
    queue = run_queue_lock_of(thread, &flags);
    place(queue, thread, flags);
}

void sched_wake(struct thread *thread)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(thread, &flags);

    if (thread->state != THREAD_BLOCKED) {
        thread->wake_pending = true;
        spin_unlock_irqrestore(&queue->lock, flags);
        return;
    }
    unblock(queue, thread, OK);
    place(queue, thread, flags);
}

bool sched_claim(struct thread *thread)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(thread, &flags);

    if (thread->state != THREAD_BLOCKED) {
        thread->wake_pending = true;
        spin_unlock_irqrestore(&queue->lock, flags);
        return false;
    }
    unblock(queue, thread, OK);
    thread->state = THREAD_READY;
    __atomic_store_n(&thread->cpu, arch_cpu_id(), __ATOMIC_RELEASE);
    spin_unlock_irqrestore(&queue->lock, flags);
    return true;
}

void sched_resume(struct thread *claimed)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(claimed, &flags);

    place(queue, claimed, flags);
}

void sched_request(struct thread *thread, uint32_t request)
{
    irqflags_t flags;
    struct run_queue *queue;

    __atomic_fetch_or(&thread->requests, request, __ATOMIC_RELAXED);
    queue = run_queue_lock_of(thread, &flags);
    arch_thread_request_work(&thread->arch);
    if (thread->state == THREAD_BLOCKED && (thread->wait_mode & request) != 0) {
        unblock(queue, thread, request == THREAD_REQUEST_END ? ERR_CANCELED : ERR_INTR);
        place(queue, thread, flags);
        return;
    }
    if (thread->state == THREAD_RUNNING && queue->cpu != arch_cpu_id()) {
        arch_send_reschedule(queue->cpu);
    }
    spin_unlock_irqrestore(&queue->lock, flags);
}

void sched_timer_expired(struct run_queue *queue, struct thread *thread)
{
    unblock(queue, thread, ERR_TIMEDOUT);
    run_queue_add(queue, thread, false);
    run_queue_kick(queue, thread);
}
