// SPDX-License-Identifier: MIT
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/check.h>
#include <base/math.h>
#include <task/sched.h>

#include "run_queue.h"
#include "timer_internal.h"

struct run_queue run_queues[ARCH_CPU_MAX];

_Static_assert(THREAD_PRIORITY_COUNT == 64, "the map of priorities is one 64-bit word");

void run_queue_init(struct run_queue *queue, unsigned cpu)
{
    spin_init(&queue->lock);
    queue->cpu = (uint8_t)cpu;
    queue->armed = ARCH_TIMER_NEVER;
    queue->tick_at = TIMER_NEVER;
    queue->budget_at = TIMER_NEVER;
    real_time_init(queue);
    list_init(&queue->idle.run_link);
    queue->idle.slice = SCHED_SLICE_NS;
    queue->idle.state = THREAD_RUNNING;
    queue->idle.cpu = cpu;
    queue->current = &queue->idle;
    tree_init(&queue->timers);
    list_init(&queue->dated);
    list_init(&queue->dead);
    for (unsigned i = 0; i < THREAD_PRIORITY_COUNT; i++) {
        list_init(&queue->ready[i]);
    }
}

struct run_queue *run_queue_lock_of(struct thread *thread, irqflags_t *flags)
{
    for (;;) {
        uint32_t cpu = __atomic_load_n(&thread->cpu, __ATOMIC_ACQUIRE);
        struct run_queue *queue = &run_queues[cpu];

        *flags = spin_lock_irqsave(&queue->lock);
        if (likely(__atomic_load_n(&thread->cpu, __ATOMIC_RELAXED) == cpu)) {
            return queue;
        }
        spin_unlock_irqrestore(&queue->lock, *flags);
    }
}

void run_queue_add(struct run_queue *queue, struct thread *thread, bool first)
{
    struct list *ready = &queue->ready[thread->priority];
    uint64_t bit = 1ull << thread->priority;

    thread->state = THREAD_READY;
    if (first) {
        list_add_head(ready, &thread->run_link);
    } else {
        list_add_tail(ready, &thread->run_link);
    }
    if (unlikely(queue->real_time.held) && thread_is_real_time(thread)) {
        queue->real_time.held_map |= bit;
    } else {
        __atomic_store_n(&queue->ready_map, queue->ready_map | bit, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&queue->ready_count, queue->ready_count + 1, __ATOMIC_RELAXED);
}

void run_queue_remove(struct run_queue *queue, struct thread *thread)
{
    uint64_t bit = 1ull << thread->priority;

    list_remove(&thread->run_link);
    if (list_empty(&queue->ready[thread->priority])) {
        __atomic_store_n(&queue->ready_map, queue->ready_map & ~bit, __ATOMIC_RELAXED);
        queue->real_time.held_map &= ~bit;
    }
    __atomic_store_n(&queue->ready_count, queue->ready_count - 1, __ATOMIC_RELAXED);
}

struct thread *run_queue_take(struct run_queue *queue)
{
    uint64_t map = queue->ready_map;
    struct thread *thread;

    if (unlikely(map == 0)) {
        map = queue->real_time.held_map;
        if (map == 0) {
            return NULL;
        }
    }
    thread = list_first_entry(&queue->ready[63 - __builtin_clzll(map)], struct thread, run_link);
    run_queue_remove(queue, thread);
    return thread;
}

struct thread *run_queue_take_for(struct run_queue *queue, unsigned cpu)
{
    uint64_t map = queue->ready_map != 0 ? queue->ready_map : queue->real_time.held_map;
    unsigned looked = 0;

    while (map != 0) {
        unsigned priority = 63 - (unsigned)__builtin_clzll(map);
        struct thread *thread;

        list_for_each_entry(thread, &queue->ready[priority], run_link)
        {
            if ((thread->cpus >> cpu & 1) != 0) {
                run_queue_remove(queue, thread);
                return thread;
            }
            if (++looked == RUN_QUEUE_LOOK_MAX) {
                return NULL;
            }
        }
        map &= ~(1ull << priority);
    }
    return NULL;
}

void run_queue_kick(struct run_queue *queue, const struct thread *added)
{
    struct thread *running = queue->current;
    bool here = queue->cpu == arch_cpu_id();

    if (running == &queue->idle) {
        /* The idle loop looks at its queue before it halts; it only has to be woken. */
        if (!here) {
            arch_send_reschedule(queue->cpu);
        }
        return;
    }
    if (real_time_rank(queue, added) > real_time_rank(queue, running)) {
        queue->need_resched = true;
        arch_thread_request_work(&running->arch);
        if (!here) {
            arch_send_reschedule(queue->cpu);
        }
    } else if (queue->ready_count == 1 ||
               (added->priority == running->priority && thread_is_real_time(added))) {
        /* So far nobody waited for the running thread's turn, which was not timed. */
        if (here) {
            run_queue_update_timer(queue);
        } else {
            arch_send_reschedule(queue->cpu);
        }
    }
}

static int timer_compare(const struct tree_node *a, const struct tree_node *b)
{
    uint64_t first = tree_entry(a, struct thread, timer_node)->deadline;
    uint64_t second = tree_entry(b, struct thread, timer_node)->deadline;

    return (first > second) - (first < second);
}

static const struct tree_ops timer_ops = {.compare = timer_compare};

/* Notes that a thread waits for a date; returns when that is, as the wall clock is set now. */
static __noinline uint64_t add_dated(struct run_queue *queue, struct thread *thread, uint64_t date)
{
    thread->dated = true;
    thread->date_serial =
        timer_date_serial(); /* before the clock is read: see sched_dates_look() */
    list_add_tail(&queue->dated, &thread->date_link);
    return timer_monotonic_of(date);
}

void run_queue_timer_add(struct run_queue *queue, struct thread *thread, uint64_t deadline)
{
    if (unlikely((deadline & COCO_DEADLINE_DATE) != 0)) {
        deadline = add_dated(queue, thread, deadline & ~COCO_DEADLINE_DATE);
    }
    thread->deadline = deadline;
    thread->timer_queued = true;
    tree_insert(&queue->timers, &thread->timer_node, &timer_ops);
}

void run_queue_timer_remove(struct run_queue *queue, struct thread *thread)
{
    if (thread->timer_queued) {
        tree_remove(&queue->timers, &thread->timer_node, &timer_ops);
        thread->timer_queued = false;
        if (unlikely(thread->dated)) {
            list_remove(&thread->date_link);
            thread->dated = false;
        }
    }
}

static struct thread *timer_first(const struct run_queue *queue)
{
    struct tree_node *node = tree_first(&queue->timers);

    return node == NULL ? NULL : tree_entry(node, struct thread, timer_node);
}

struct thread *run_queue_timer_due(struct run_queue *queue, uint64_t now)
{
    struct thread *thread = timer_first(queue);

    return thread != NULL && thread->deadline <= now ? thread : NULL;
}

void run_queue_sample_next(struct run_queue *queue, uint64_t now)
{
    queue->sample_at = (now / CPU_SAMPLE_NS + 1) * CPU_SAMPLE_NS;
}

void run_queue_update_timer(struct run_queue *queue)
{
    const struct thread *sleeper = timer_first(queue);
    uint64_t needed = sleeper == NULL ? ARCH_TIMER_NEVER : sleeper->deadline;

    needed = MIN(needed, timer_next_event(queue->cpu));
    needed = MIN(needed, queue->tick_at);
    needed = MIN(needed, queue->budget_at);
    needed = MIN(needed, queue->real_time.look_at);

    if (queue->current != &queue->idle) {
        needed = MIN(needed, queue->sample_at);
    }
    /* Once a switch was asked for, a slice that is over needs no timer: it would fire again and
     * again before the interrupted code gets anywhere. The idle thread has no slice. */
    if (queue->current != &queue->idle && !queue->need_resched &&
        run_queue_has(queue, queue->current->priority) && queue->slice_end < needed) {
        needed = queue->slice_end;
    }
    /* A timer that fires too early only looks and arms again; that is cheaper than to arm it at
     * each switch. */
    if (needed < queue->armed) {
        queue->armed = needed;
        arch_timer_arm(needed);
    }
}

uint64_t sched_switch_count(void)
{
    uint64_t count = 0;

    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        count += __atomic_load_n(&run_queues[cpu].switches, __ATOMIC_RELAXED);
    }
    return count;
}
