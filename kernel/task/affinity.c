// SPDX-License-Identifier: MIT
#include <arch/smp.h>
#include <task/affinity.h>
#include <task/process.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "schedule_internal.h"

void sched_set_cpus(struct thread *thread, uint32_t cpus)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(thread, &flags);

    thread->cpus = cpus;
    if (run_queue_allows(queue, thread)) {
        spin_unlock_irqrestore(&queue->lock, flags);
        return;
    }
    if (thread->state == THREAD_READY && !list_empty(&thread->run_link)) {
        run_queue_remove(queue, thread);
        sched_place(queue, thread, flags);
        return;
    }
    __atomic_fetch_or(&thread->requests, THREAD_REQUEST_MOVE, __ATOMIC_RELAXED);
    arch_thread_request_work(&thread->arch);
    if (thread->state == THREAD_RUNNING && queue->cpu != arch_cpu_id()) {
        arch_send_reschedule(queue->cpu);
    }
    spin_unlock_irqrestore(&queue->lock, flags);
}

uint32_t sched_get_cpus(struct thread *thread)
{
    irqflags_t flags;
    struct run_queue *queue = run_queue_lock_of(thread, &flags);
    uint32_t cpus = thread->cpus & sched_all_cpus();

    spin_unlock_irqrestore(&queue->lock, flags);
    return cpus;
}

static enum status set_locked(struct process *process, uint64_t id, uint32_t cpus)
{
    enum status status = ERR_SRCH;
    struct thread *thread;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (schedule_is_meant(process, thread, id)) {
            sched_set_cpus(thread, cpus);
            status = OK;
        }
    }
    return status;
}

static enum status get_locked(struct process *process, uint64_t id, uint32_t *cpus)
{
    struct thread *thread;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (schedule_is_meant(process, thread, id)) {
            *cpus = sched_get_cpus(thread);
            return OK;
        }
    }
    return ERR_SRCH;
}

enum status affinity_get(uint64_t process, uint64_t thread, uint32_t *cpus)
{
    struct process *target;
    irqflags_t flags;
    enum status status = schedule_lock(process, &target, &flags);

    if (status == OK) {
        status = get_locked(target, thread, cpus);
        schedule_unlock(target, flags);
    }
    return status;
}

enum status affinity_set(uint64_t process, uint64_t thread, uint64_t cpus)
{
    uint32_t wanted = (uint32_t)cpus & sched_all_cpus();
    struct process *target;
    irqflags_t flags;
    enum status status = wanted != 0 ? schedule_lock(process, &target, &flags) : ERR_INVAL;

    if (status == OK) {
        status = set_locked(target, thread, wanted);
        schedule_unlock(target, flags);
    }
    return status;
}

void affinity_bind(unsigned cpu)
{
    sched_set_cpus(thread_current(), 1u << cpu); /* it moves on its way to user mode */
}
