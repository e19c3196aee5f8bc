// SPDX-License-Identifier: MIT
#include <arch/timer.h>
#include <base/math.h>
#include <task/process.h>
#include <task/signal.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "schedule_internal.h"

#define SECOND_NS 1000000000ull

uint64_t thread_cpu_time(const struct thread *thread)
{
    uint64_t since = __atomic_load_n(&thread->run_since, __ATOMIC_RELAXED);
    uint64_t used = __atomic_load_n(&thread->cpu_time, __ATOMIC_RELAXED);
    uint64_t now = arch_time_ns();

    return since == 0 || now < since ? used : used + (now - since);
}

static void add_samples(struct cpu_samples *sum, const struct thread *thread)
{
    sum->user += __atomic_load_n(&thread->samples.user, __ATOMIC_RELAXED);
    sum->system += __atomic_load_n(&thread->samples.system, __ATOMIC_RELAXED);
}

void cpu_time_leave_locked(struct process *process, const struct thread *thread)
{
    process->cpu_time += thread_cpu_time(thread);
    add_samples(&process->samples, thread);
}

uint64_t process_cpu_time_locked(struct process *process)
{
    uint64_t used = process->cpu_time;
    struct thread *thread;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        used += thread_cpu_time(thread);
    }
    return used;
}

uint64_t process_cpu_time(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    uint64_t used = process_cpu_time_locked(process);

    spin_unlock_irqrestore(&process->lock, flags);
    return used;
}

/* Divides `used` as the samples are, so that neither part is below what was told last. */
static struct cpu_usage divide(uint64_t used, const struct cpu_samples *samples,
                               struct cpu_usage *told)
{
    uint64_t count = samples->user + samples->system;
    uint64_t system = 0;

    if (count != 0) {
        system = used / count * samples->system + used % count * samples->system / count;
    }
    if (used >= told->user + told->system) {
        told->system = MIN(MAX(system, told->system), used - told->user);
        told->user = used - told->system;
    }
    return *told;
}

struct cpu_usage process_cpu_usage(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    struct cpu_samples samples = process->samples;
    struct thread *thread;
    struct cpu_usage usage;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        add_samples(&samples, thread);
    }
    usage = divide(process_cpu_time_locked(process), &samples, &process->usage_told);
    spin_unlock_irqrestore(&process->lock, flags);
    return usage;
}

enum status process_time_of(uint64_t id, uint64_t *time)
{
    struct process *target;
    enum status status = schedule_find(id, &target);

    if (status == OK) {
        *time = process_cpu_time(target);
        object_put(&target->object);
    }
    return status;
}

enum status process_usage_of(uint64_t id, struct coco_usage *usage)
{
    struct process *target;
    enum status status = schedule_find(id, &target);

    if (status == OK) {
        struct cpu_usage own = process_cpu_usage(target);
        struct cpu_usage children = process_children_usage(target);

        *usage = (struct coco_usage){own.user, own.system, children.user, children.system};
        object_put(&target->object);
    }
    return status;
}

/* A thread of `process`, the current one, which is locked; NULL if there is none with that id. */
static struct thread *find_thread_locked(struct process *process, uint64_t id)
{
    struct thread *thread;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (id == 0 ? thread == thread_current() : thread->id == id) {
            return thread;
        }
    }
    return NULL;
}

enum status process_thread_time(uint64_t id, uint64_t *time)
{
    struct process *process = process_current();
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    const struct thread *thread = find_thread_locked(process, id);

    if (thread != NULL) {
        *time = thread_cpu_time(thread);
    }
    spin_unlock_irqrestore(&process->lock, flags);
    return thread != NULL ? OK : ERR_SRCH;
}

enum status process_thread_usage(uint64_t id, struct coco_usage *usage)
{
    struct process *process = process_current();
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    struct thread *thread = find_thread_locked(process, id);

    if (thread != NULL) {
        struct cpu_samples samples = {0};
        struct cpu_usage found;

        add_samples(&samples, thread);
        found = divide(thread_cpu_time(thread), &samples, &thread->usage_told);
        usage->user = found.user;
        usage->system = found.system;
    }
    spin_unlock_irqrestore(&process->lock, flags);
    return thread != NULL ? OK : ERR_SRCH;
}

void cpu_time_sample(struct thread *thread, bool from_user)
{
    uint64_t *count = from_user ? &thread->samples.user : &thread->samples.system;

    __atomic_store_n(count, *count + 1, __ATOMIC_RELAXED);
    if (thread->process != NULL &&
        process_current_limit(thread->process, COCO_LIMIT_CPU) != COCO_LIMIT_NONE) {
        __atomic_fetch_or(&thread->requests, THREAD_REQUEST_LIMIT, __ATOMIC_RELAXED);
        arch_thread_request_work(&thread->arch);
    }
}

void cpu_time_check_limit(void)
{
    const struct coco_signal_info info = {.signal = COCO_SIGNAL_CPU};
    struct process *process = process_current();
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    uint64_t used = process_cpu_time_locked(process) / SECOND_NS;
    bool over = used >= process->limits[COCO_LIMIT_CPU].maximum;
    bool warn = used >= process->cpu_warn_at;

    if (warn) {
        process->cpu_warn_at = used + 1;
    }
    spin_unlock_irqrestore(&process->lock, flags);
    if (over) {
        process_kill(process, COCO_SIGNAL_KILL);
    } else if (warn) {
        (void)!signal_send_process(process, &info, false); /* an ending process needs none */
    }
}
