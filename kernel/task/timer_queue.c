// SPDX-License-Identifier: MIT
// Timers, the clock's side: which expire next, and what happens then.
//
// Timers of wall clocks wait with the CPU that they were made on; timers of processor time with the
// thread or process whose time it is, looked at in ticks of whoever runs. An interrupt lets a
// limited number expire; the rest follow in the next, which comes at once.
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "timer_internal.h"

#define EXPIRE_BATCH 32u

static struct timer_base bases[ARCH_CPU_MAX];
static uint32_t date_serial; /* atomic: how often the wall clock was set */

static void base_init(struct timer_base *base)
{
    spin_init(&base->lock);
    for (unsigned i = 0; i < ARRAY_SIZE(base->timers); i++) {
        tree_init(&base->timers[i]);
        base->first[i] = TIMER_NEVER;
    }
}

void timer_init(void)
{
    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        base_init(&bases[cpu]);
    }
    timer_job_init();
}

static bool is_wall_base(const struct timer_base *base)
{
    return base >= bases && base < bases + ARCH_CPU_MAX;
}

/* A base for the processor time of a thread or process, made when it is first needed. */
static enum status find_used_base(struct timer_base **slot, struct timer_base **out)
{
    struct timer_base *base = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    enum status status = OK;

    if (base == NULL) {
        struct timer_base *found = NULL;

        status = kzalloc_object(&base);
        if (status != OK) {
            return status;
        }
        base_init(base);
        if (!__atomic_compare_exchange_n(slot, &found, base, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE)) {
            kfree(base);
            base = found;
        }
    }
    *out = base;
    return status;
}

enum status timer_base_find(struct timer *timer)
{
    switch (timer->clock) {
    case COCO_CLOCK_PROCESS:
        return find_used_base(&timer->process->timer_base, &timer->base);
    case COCO_CLOCK_THREAD:
        return find_used_base(&timer->clock_thread->timer_base, &timer->base);
    default:
        timer->base = &bases[arch_cpu_id()];
        return OK;
    }
}

void timer_base_free(struct timer_base *base)
{
    kfree(base);
}

/* Times before 1970 are 0. */
static uint64_t realtime(void)
{
    int64_t now = (int64_t)arch_time_ns() + arch_wall_base_ns();

    return now > 0 ? (uint64_t)now : 0;
}

uint64_t timer_monotonic_of(uint64_t date)
{
    int64_t time;

    if (date > INT64_MAX || __builtin_sub_overflow((int64_t)date, arch_wall_base_ns(), &time)) {
        return TIMER_NEVER;
    }
    return time > 0 ? (uint64_t)time : 0;
}

uint64_t timer_now(const struct timer *timer)
{
    switch (timer->clock) {
    case COCO_CLOCK_PROCESS:
        return process_cpu_time(timer->process);
    case COCO_CLOCK_THREAD:
        return thread_cpu_time(timer->clock_thread);
    default:
        return timer->tree == TIMER_TREE_REALTIME ? realtime() : arch_time_ns();
    }
}

static int compare(const struct tree_node *a, const struct tree_node *b)
{
    uint64_t first = tree_entry(a, struct timer, node)->deadline;
    uint64_t second = tree_entry(b, struct timer, node)->deadline;

    return (first > second) - (first < second);
}

static const struct tree_ops timer_tree_ops = {.compare = compare};

static struct timer *first_of(const struct timer_base *base, unsigned tree)
{
    struct tree_node *node = tree_first(&base->timers[tree]);

    return node == NULL ? NULL : tree_entry(node, struct timer, node);
}

static void note_first(struct timer_base *base, unsigned tree)
{
    const struct timer *timer = first_of(base, tree);

    __atomic_store_n(&base->first[tree], timer == NULL ? TIMER_NEVER : timer->deadline,
                     __ATOMIC_SEQ_CST);
}

void timer_enqueue(struct timer *timer, uint64_t deadline)
{
    timer->deadline = deadline;
    timer->queued = true;
    tree_insert(&timer->base->timers[timer->tree], &timer->node, &timer_tree_ops);
    note_first(timer->base, timer->tree);
}

void timer_dequeue(struct timer *timer)
{
    if (timer->queued) {
        timer->queued = false;
        tree_remove(&timer->base->timers[timer->tree], &timer->node, &timer_tree_ops);
        note_first(timer->base, timer->tree);
    }
}

static uint64_t first_deadline(const struct timer_base *base, unsigned tree)
{
    return __atomic_load_n(&base->first[tree], __ATOMIC_RELAXED);
}

uint64_t timer_next_event(unsigned cpu)
{
    uint64_t plain = first_deadline(&bases[cpu], TIMER_TREE_PLAIN);
    uint64_t wall = first_deadline(&bases[cpu], TIMER_TREE_REALTIME);

    return wall == TIMER_NEVER ? plain : MIN(plain, timer_monotonic_of(wall));
}

static void look_again(unsigned cpu)
{
    irqflags_t flags = arch_irq_save();

    if (cpu == arch_cpu_id()) {
        reschedule_interrupt();
    } else {
        arch_send_reschedule(cpu);
    }
    arch_irq_restore(flags);
}

void timer_base_changed(struct timer *timer)
{
    if (is_wall_base(timer->base)) {
        look_again((unsigned)(timer->base - bases));
        return;
    }
    /* Any CPU may be running a thread whose time counts, without ticks so far. */
    for (unsigned cpu = 0; cpu < arch_cpu_count(); cpu++) {
        look_again(cpu);
    }
}

/* Base locked. */
static void expire(struct timer *timer, uint64_t now)
{
    timer_dequeue(timer);
    if (timer->interval == 0) {
        timer->armed = false;
    }
    if (timer->notify == COCO_TIMER_NOTHING) {
        __atomic_store_n(&timer->expired, true, __ATOMIC_RELEASE);
        wait_wake(&timer->waiters, WAIT_ALL);
    } else if (!timer_signal_send(timer) && timer->armed) {
        uint64_t missed = (now - timer->deadline + TIMER_IDLE_INTERVAL_NS) / timer->interval;

        timer_enqueue(timer, timer->deadline + (missed + 1) * timer->interval);
    }
}

static void expire_due(struct timer_base *base, unsigned tree, uint64_t now)
{
    for (unsigned i = 0; i < EXPIRE_BATCH; i++) {
        irqflags_t flags;
        struct timer *timer;

        if (first_deadline(base, tree) > now) {
            return;
        }
        flags = spin_lock_irqsave(&base->lock);
        timer = first_of(base, tree);
        if (timer != NULL && timer->deadline <= now) {
            expire(timer, now);
        }
        spin_unlock_irqrestore(&base->lock, flags);
    }
}

void timer_expire_here(void)
{
    struct timer_base *base = &bases[arch_cpu_id()];

    expire_due(base, TIMER_TREE_PLAIN, arch_time_ns());
    if (first_deadline(base, TIMER_TREE_REALTIME) != TIMER_NEVER) {
        expire_due(base, TIMER_TREE_REALTIME, realtime());
    }
}

static struct timer_base *base_in_use(struct timer_base *const *slot)
{
    struct timer_base *base = __atomic_load_n(slot, __ATOMIC_ACQUIRE);

    if (base == NULL || first_deadline(base, TIMER_TREE_PLAIN) == TIMER_NEVER) {
        return NULL;
    }
    return base;
}

bool timer_wants_ticks(const struct thread *thread)
{
    const struct process *process = thread->process;

    return process != NULL &&
           (base_in_use(&process->timer_base) != NULL || base_in_use(&thread->timer_base) != NULL);
}

void timer_expire_used(struct thread *thread)
{
    struct process *process = thread->process;
    struct timer_base *base;

    if (process == NULL) {
        return;
    }
    base = base_in_use(&thread->timer_base);
    if (base != NULL) {
        expire_due(base, TIMER_TREE_PLAIN, thread_cpu_time(thread));
    }
    base = base_in_use(&process->timer_base);
    if (base != NULL) {
        expire_due(base, TIMER_TREE_PLAIN, process_cpu_time(process));
    }
}

bool timer_is_before_date(uint64_t deadline)
{
    return (deadline & COCO_DEADLINE_DATE) != 0 && deadline != WAIT_FOREVER &&
           realtime() < (deadline & ~COCO_DEADLINE_DATE);
}

uint32_t timer_date_serial(void)
{
    return __atomic_load_n(&date_serial, __ATOMIC_ACQUIRE);
}

void timer_clock_set(uint64_t date)
{
    arch_wall_base_set((int64_t)date - (int64_t)arch_time_ns());
    __atomic_fetch_add(&date_serial, 1, __ATOMIC_RELEASE);
    for (unsigned cpu = 0; cpu < arch_cpu_count(); cpu++) {
        sched_dates_look(cpu);
        look_again(cpu);
    }
}
