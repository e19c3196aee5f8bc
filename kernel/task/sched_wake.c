// SPDX-License-Identifier: MIT
// The scheduler's other half: making threads ready, and choosing a CPU for them or a
// thread for an idle CPU.
//
// A wake-up for a thread that is not blocked is kept in `wake_pending`, so whoever registers
// somewhere and then blocks cannot lose it. `sched_idle_cpus` says which CPUs halt or are about to.
// It is only a hint for placement, and both sides look again after they have written: an idle CPU
// at the queues after it set its bit, a waker at the bits after it filled a queue.
#include <arch/smp.h>
#include <base/check.h>
#include <task/sched.h>
#include <task/signal.h>

#include "sched_internal.h"
#include "timer_internal.h"

uint32_t sched_idle_cpus;

/* Takes a CPU's idle bit away, so that two wakers do not choose the same CPU. */
static bool claim_idle(unsigned cpu)
{
    uint32_t bit = 1u << cpu;

    return (__atomic_fetch_and(&sched_idle_cpus, ~bit, __ATOMIC_RELAXED) & bit) != 0;
}

/* Of some CPUs the one with the fewest ready threads. */
static unsigned least_loaded(uint32_t cpus)
{
    unsigned best = 0;
    uint32_t fewest = UINT32_MAX;

    for (cpus &= sched_all_cpus(); cpus != 0; cpus &= cpus - 1) {
        unsigned cpu = (unsigned)__builtin_ctz(cpus);
        uint32_t ready = __atomic_load_n(&run_queues[cpu].ready_count, __ATOMIC_RELAXED);

        if (ready < fewest) {
            best = cpu;
            fewest = ready;
        }
    }
    return best;
}

/* The CPU for a thread that becomes ready and may run on `cpus`: the one it ran on last if that is
 * idle, its caches may be warm there; else any idle one; else the last one, from where an idle CPU
 * can steal it, or if that is not allowed any more the one that has the least to do. */
static unsigned choose_cpu(unsigned last, uint32_t cpus)
{
    uint32_t idle = __atomic_load_n(&sched_idle_cpus, __ATOMIC_RELAXED) & cpus;

    if (unlikely((cpus >> last & 1) == 0)) {
        last = least_loaded(cpus);
    }
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
static unsigned choose_beside_real_time(unsigned cpu, uint32_t cpus)
{
    unsigned best = cpu;
    uint8_t lowest = __atomic_load_n(&run_queues[cpu].real_time.level, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < arch_cpu_count(); i++) {
        uint8_t level = __atomic_load_n(&run_queues[i].real_time.level, __ATOMIC_RELAXED);

        if (level < lowest && (cpus >> i & 1) != 0) {
            best = i;
            lowest = level;
        }
    }
    return best;
}

/* An idle CPU may have looked at the queues just before a thread was added: it shall look again. */
void sched_nudge_idle(uint32_t cpus)
{
    uint32_t idle;

    if (arch_cpu_count() == 1) {
        return;
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    idle = __atomic_load_n(&sched_idle_cpus, __ATOMIC_RELAXED) & cpus;
    if (idle != 0) {
        unsigned cpu = (unsigned)__builtin_ctz(idle);

        if (cpu != arch_cpu_id() && claim_idle(cpu)) {
            arch_send_reschedule(cpu);
        }
    }
}

static unsigned choose(const struct run_queue *queue, const struct thread *thread)
{
    unsigned target = choose_cpu(queue->cpu, thread->cpus);

    if (unlikely(__atomic_load_n(&run_queues[target].real_time.level, __ATOMIC_RELAXED) != 0)) {
        target = choose_beside_real_time(target, thread->cpus);
    }
    return target;
}

void sched_place(struct run_queue *queue, struct thread *thread, irqflags_t flags)
{
    unsigned target = choose(queue, thread);
    uint32_t cpus;
    bool busy;

    /* Once more only if the thread was limited to other CPUs between the two locks. */
    while (target != queue->cpu) {
        thread->state = THREAD_READY;
        __atomic_store_n(&thread->cpu, target, __ATOMIC_RELEASE);
        spin_unlock_irqrestore(&queue->lock, flags);
        queue = &run_queues[target];
        flags = spin_lock_irqsave(&queue->lock);
        if (unlikely(!run_queue_allows(queue, thread))) {
            target = choose(queue, thread);
        }
    }
    run_queue_add(queue, thread, false);
    run_queue_kick(queue, thread);
    busy = queue->current != &queue->idle;
    cpus = thread->cpus;
    spin_unlock_irqrestore(&queue->lock, flags);
    if (busy) {
        sched_nudge_idle(cpus);
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
    sched_place(queue, thread, flags);
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
    sched_place(queue, thread, flags);
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
    if (unlikely((thread->cpus >> arch_cpu_id() & 1) == 0)) {
        sched_place(queue, thread, flags);
        return false;
    }
    thread->state = THREAD_READY;
    __atomic_store_n(&thread->cpu, arch_cpu_id(), __ATOMIC_RELEASE);
    spin_unlock_irqrestore(&queue->lock, flags);
    return true;
}

void sched_resume(struct thread *claimed)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(claimed, &flags);

    sched_place(queue, claimed, flags);
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
        sched_place(queue, thread, flags);
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
    if (unlikely(!run_queue_allows(queue, thread))) {
        sched_place(queue, thread, arch_irq_save()); /* interrupts are off, and stay so */
        (void)spin_lock_irqsave(&queue->lock);
        return;
    }
    run_queue_add(queue, thread, false);
    run_queue_kick(queue, thread);
}

enum status sched_sleep_until(uint64_t deadline)
{
    enum status status;

    do {
        status = sched_block(deadline, WAIT_SIGNALS);
    } while (status == OK); /* a wake-up meant for something else */
    if (status == ERR_INTR) {
        signal_no_restart();
    }
    return status == ERR_TIMEDOUT ? OK : status;
}

#define DATES_BATCH 32u

/* A part of them; true if that was all. Those that came after the clock was set are left alone. */
static bool dates_look_step(struct run_queue *queue, uint32_t serial)
{
    irqflags_t flags = spin_lock_irqsave(&queue->lock);
    bool done = false;

    for (unsigned i = 0; i < DATES_BATCH && !done; i++) {
        struct thread *thread = list_empty(&queue->dated)
                                    ? NULL
                                    : list_first_entry(&queue->dated, struct thread, date_link);

        done = thread == NULL || (int32_t)(thread->date_serial - serial) >= 0;
        if (!done) {
            sched_timer_expired(queue, thread); /* too early, perhaps: sched_block() finds out */
        }
    }
    spin_unlock_irqrestore(&queue->lock, flags);
    return done;
}

void sched_dates_look(unsigned cpu)
{
    while (!dates_look_step(&run_queues[cpu], timer_date_serial())) {
    }
}

bool sched_steal(struct run_queue *queue)
{
    unsigned count = arch_cpu_count();

    for (unsigned i = 1; i < count; i++) {
        struct run_queue *victim = &run_queues[(queue->cpu + i) % count];
        struct thread *thread;
        irqflags_t off;

        if (!run_queue_any(victim)) {
            continue;
        }
        off = spin_lock_irqsave(&victim->lock);
        thread = run_queue_take_for(victim, queue->cpu);
        if (thread != NULL) {
            __atomic_store_n(&thread->cpu, queue->cpu, __ATOMIC_RELEASE);
        }
        spin_unlock_irqrestore(&victim->lock, off);
        if (thread != NULL) {
            off = spin_lock_irqsave(&queue->lock);
            run_queue_add(queue, thread, false);
            spin_unlock_irqrestore(&queue->lock, off);
            return true;
        }
    }
    return false;
}
