// SPDX-License-Identifier: MIT
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/check.h>
#include <base/math.h>
#include <task/process.h>
#include <task/sched.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "schedule_internal.h"
#include "signal_internal.h"

#define NICE_MIN (-20)
#define NICE_MAX 19
#define SLICE_NONE (1ull << 62) /* longer than the machine runs; can be added to a time */

static uint64_t real_time_threads; /* atomic */

bool schedule_some_real_time(void)
{
    return __atomic_load_n(&real_time_threads, __ATOMIC_RELAXED) != 0;
}

static uint64_t slice_of(const struct thread *thread)
{
    switch (thread->policy) {
    case COCO_SCHEDULE_FIFO:
        return SLICE_NONE;
    case COCO_SCHEDULE_ROUND_ROBIN:
        return SCHED_SLICE_NS;
    default:
        return SCHED_SLICE_NS / 20 * (uint64_t)(20 - thread->nice);
    }
}

/* The thread is in no list of a queue. */
static void set_policy(struct thread *thread, uint32_t policy, uint32_t priority)
{
    bool was = thread_is_real_time(thread);
    bool is = policy != COCO_SCHEDULE_OTHER;

    thread->policy = (uint8_t)policy;
    thread->priority =
        (uint8_t)(is ? THREAD_PRIORITY_REAL_TIME + priority - 1 : THREAD_PRIORITY_USER);
    thread_update_special(thread);
    if (is != was) {
        __atomic_fetch_add(&real_time_threads, is ? 1 : UINT64_MAX, __ATOMIC_RELAXED);
    }
    thread->slice = slice_of(thread);
}

static uint32_t priority_of(const struct thread *thread)
{
    return thread_is_real_time(thread) ? thread->priority - THREAD_PRIORITY_REAL_TIME + 1 : 0;
}

void schedule_inherit(struct thread *thread)
{
    const struct thread *maker = thread_current();

    if (maker != NULL && maker->process != NULL) {
        thread->nice = maker->nice;
        thread->cpus = maker->cpus;
        set_policy(thread, maker->policy, priority_of(maker));
    }
}

void schedule_reset(struct thread *thread)
{
    set_policy(thread, COCO_SCHEDULE_OTHER, 0);
}

void schedule_forget(const struct thread *thread)
{
    if (thread->policy != COCO_SCHEDULE_OTHER) {
        __atomic_fetch_sub(&real_time_threads, 1, __ATOMIC_RELAXED);
    }
}

/* The running thread's priority or turn changed. Queue locked. */
static void running_changed(struct run_queue *queue, bool was, bool first)
{
    struct thread *thread = queue->current;
    uint64_t now = arch_time_ns();

    real_time_changed(queue, was, now);
    queue->slice_end = first ? now + thread->slice : now; /* over: it goes behind its equals */
    if (run_queue_has(queue, real_time_rank(queue, thread) + (first ? 1u : 0u))) {
        queue->need_resched = true;
        arch_thread_request_work(&thread->arch);
    } else {
        queue->slice_end = now + thread->slice;
    }
    if (queue->cpu == arch_cpu_id()) {
        run_queue_update_timer(queue);
    } else {
        arch_send_reschedule(queue->cpu);
    }
}

static void apply(struct thread *thread, uint32_t what, const struct coco_schedule *schedule)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(thread, &flags);
    bool queued = thread->state == THREAD_READY && !list_empty(&thread->run_link);
    bool was = thread_is_real_time(thread);
    unsigned before = thread->priority;
    bool first;

    if (queued) {
        run_queue_remove(queue, thread);
    }
    if ((what & COCO_SCHEDULE_SET_NICE) != 0) {
        thread->nice = (int8_t)MAX(NICE_MIN, MIN(NICE_MAX, schedule->nice));
    }
    if ((what & COCO_SCHEDULE_SET_POLICY) != 0) {
        set_policy(thread, schedule->policy, schedule->priority);
    }
    thread->slice = slice_of(thread);
    first = (what & COCO_SCHEDULE_SET_POLICY) == 0 ||
            ((what & COCO_SCHEDULE_LOWER_FIRST) != 0 && thread->priority < before);
    if (queued) {
        run_queue_add(queue, thread, first);
        run_queue_kick(queue, thread);
    } else if (queue->current == thread) {
        running_changed(queue, was, first);
    }
    spin_unlock_irqrestore(&queue->lock, flags);
}

/* Whether a process that may not control what concerns all may ask for this. */
static bool is_modest(struct thread *thread, uint32_t what, const struct coco_schedule *schedule)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(thread, &flags);
    bool modest = true;

    if ((what & COCO_SCHEDULE_SET_POLICY) != 0 && schedule->priority > priority_of(thread)) {
        modest = false;
    }
    if ((what & COCO_SCHEDULE_SET_NICE) != 0 && MAX(schedule->nice, NICE_MIN) < thread->nice) {
        modest = false;
    }
    spin_unlock_irqrestore(&queue->lock, flags);
    return modest;
}

bool schedule_is_meant(const struct process *process, const struct thread *thread, uint64_t id)
{
    if (id == COCO_SCHEDULE_ALL) {
        return true;
    }
    return id != 0 ? thread->id == id : thread == thread_current() && process == process_current();
}

static enum status set_locked(struct process *process, uint64_t id, uint32_t what,
                              const struct coco_schedule *schedule)
{
    bool may = process_may_control(process_current());
    enum status status = ERR_SRCH;
    struct thread *thread;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (schedule_is_meant(process, thread, id)) {
            if (!may && !is_modest(thread, what, schedule)) {
                return ERR_PERM;
            }
            status = OK;
        }
    }
    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (schedule_is_meant(process, thread, id)) {
            apply(thread, what, schedule);
        }
    }
    return status;
}

static void fill(struct thread *thread, struct coco_schedule *schedule)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(thread, &flags);

    *schedule = (struct coco_schedule){
        .policy = thread->policy,
        .priority = priority_of(thread),
        .nice = thread->nice,
        .turn = thread->slice == SLICE_NONE ? 0 : thread->slice,
    };
    spin_unlock_irqrestore(&queue->lock, flags);
}

static enum status get_locked(struct process *process, uint64_t id, struct coco_schedule *schedule)
{
    struct thread *thread;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (schedule_is_meant(process, thread, id)) {
            fill(thread, schedule);
            return OK;
        }
    }
    return ERR_SRCH;
}

enum status schedule_find(uint64_t id, struct process **out)
{
    struct process *process = process_find(id != 0 ? id : process_current()->id);
    enum status status = OK;

    if (process == NULL) {
        return ERR_SRCH;
    }
    if (process_is_gone(process)) {
        status = ERR_SRCH;
    } else if (!signal_may_send(process_current(), process)) {
        status = ERR_PERM;
    }
    if (status != OK) {
        object_put(&process->object);
        return status;
    }
    *out = process;
    return OK;
}

enum status schedule_lock(uint64_t id, struct process **out, irqflags_t *flags)
{
    enum status status = schedule_find(id, out);

    if (status == OK) {
        *flags = spin_lock_irqsave(&(*out)->lock);
    }
    return status;
}

void schedule_unlock(struct process *process, irqflags_t flags)
{
    spin_unlock_irqrestore(&process->lock, flags);
    object_put(&process->object);
}

static bool is_valid(uint32_t what, const struct coco_schedule *schedule)
{
    bool real_time = schedule->policy != COCO_SCHEDULE_OTHER;

    if (schedule->reserved != 0) {
        return false;
    }
    if ((what & COCO_SCHEDULE_SET_POLICY) == 0) {
        return true;
    }
    return schedule->policy <= COCO_SCHEDULE_ROUND_ROBIN &&
           schedule->priority <= COCO_SCHEDULE_PRIORITY_MAX &&
           (schedule->priority != 0) == real_time;
}

enum status schedule_get(uint64_t process, uint64_t thread, struct coco_schedule *schedule)
{
    struct process *target;
    irqflags_t flags;
    enum status status = schedule_lock(process, &target, &flags);

    if (status == OK) {
        status = get_locked(target, thread, schedule);
        schedule_unlock(target, flags);
    }
    return status;
}

enum status schedule_set(uint64_t process, uint64_t thread, uint32_t what,
                         const struct coco_schedule *schedule)
{
    struct process *target;
    irqflags_t flags;
    enum status status =
        is_valid(what, schedule) ? schedule_lock(process, &target, &flags) : ERR_INVAL;

    if (status == OK) {
        status = set_locked(target, thread, what, schedule);
        schedule_unlock(target, flags);
    }
    return status;
}
