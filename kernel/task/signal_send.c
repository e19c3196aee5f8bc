// SPDX-License-Identifier: MIT
// Sending signals: who takes one, what is kept, who is woken.
#include <base/check.h>
#include <mm/heap.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "signal_internal.h"

/* Whether `thread` would take the signal now. */
static bool takes(const struct thread *thread, uint64_t bit)
{
    return (~thread->signals.blocked & bit) != 0 || (thread->signals.awaited & bit) != 0;
}

/* A thread of the process that takes the signal: one that waits for it, else the current one, else
 * any. NULL if all block it. */
static struct thread *choose(struct process *process, uint64_t bit)
{
    struct thread *found = NULL;
    struct thread *thread;

    list_for_each_entry(thread, &process->threads, process_link)
    {
        if ((thread->signals.awaited & bit) != 0) {
            return thread;
        }
        if (takes(thread, bit) && (found == NULL || thread == thread_current())) {
            found = thread;
        }
    }
    return found;
}

/* Adds the signal to a pending set. `*instance` is used up if it is put there. */
static enum status keep(struct process *process, struct signal_pending *pending,
                        struct signal_instance **instance, bool queue, uint32_t signal)
{
    bool every = signal >= COCO_SIGNAL_QUEUED_FIRST;

    if (!every && (pending->set & signal_bit(signal)) != 0) {
        return OK; /* one is enough */
    }
    if (*instance != NULL && process->signals.instances < COCO_SIGNAL_QUEUE_MAX) {
        list_add_tail(&pending->instances, &(*instance)->link);
        process->signals.instances++;
        *instance = NULL;
    } else if (queue) {
        return ERR_AGAIN;
    }
    pending->set |= signal_bit(signal);
    return OK;
}

/* `thread` NULL: any thread of the process. */
static enum status post(struct process *process, struct thread *thread,
                        struct signal_instance **instance, const struct coco_signal_info *info,
                        bool queue)
{
    uint64_t bit = signal_bit(info->signal);
    struct thread *target = thread;
    enum status status;

    if (process->ending) {
        return OK;
    }
    if (thread == NULL) {
        target = choose(process, bit);
    } else if (!takes(thread, bit)) {
        target = NULL;
    }
    if (target != NULL && (target->signals.awaited & bit) == 0) {
        enum signal_disposition disposition = signal_disposition(process, info->signal);

        if (disposition == SIGNAL_DISCARD) {
            return OK;
        }
        if (disposition == SIGNAL_END) {
            const struct coco_exit_status end = {.reason = COCO_EXIT_KILLED, .code = info->signal};

            process_end_locked(process, &end);
            return OK;
        }
    }
    status = keep(process, thread != NULL ? &thread->signals.pending : &process->signals.pending,
                  instance, queue, info->signal);
    if (status == OK && target != NULL) {
        sched_request(target, THREAD_REQUEST_SIGNAL);
    }
    return status;
}

static struct signal_instance *new_instance(const struct coco_signal_info *info)
{
    struct signal_instance *instance;

    if (kzalloc_object(&instance) != OK) {
        return NULL; /* the signal goes without what is known about it, or not at all: keep() */
    }
    instance->info = *info;
    return instance;
}

enum status signal_send_process(struct process *process, const struct coco_signal_info *info,
                                bool queue)
{
    struct signal_instance *instance = new_instance(info);
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    enum status status = post(process, NULL, &instance, info, queue);

    spin_unlock_irqrestore(&process->lock, flags);
    kfree(instance);
    return status;
}

static struct thread *find_thread(struct process *process, uint64_t id)
{
    struct thread *thread;

    if (id == 0) {
        return thread_current();
    }
    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (thread->id == id) {
            return thread;
        }
    }
    return NULL;
}

enum status signal_send_thread(uint64_t id, const struct coco_signal_info *info, bool queue)
{
    struct process *process = process_current();
    struct signal_instance *instance = info->signal != 0 ? new_instance(info) : NULL;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    struct thread *thread = find_thread(process, id);
    enum status status = OK;

    if (thread == NULL) {
        status = ERR_NOTFOUND;
    } else if (info->signal != 0) {
        status = post(process, thread, &instance, info, queue);
    }
    spin_unlock_irqrestore(&process->lock, flags);
    kfree(instance);
    return status;
}

/* Signals of the process that were left to `thread` go to others that take them. */
static void hand_over(struct process *process, const struct thread *thread)
{
    uint64_t left = process->signals.pending.set & thread->signals.blocked;

    while (left != 0) {
        struct thread *target = choose(process, left & -left);

        if (target != NULL) {
            sched_request(target, THREAD_REQUEST_SIGNAL);
        }
        left &= left - 1;
    }
}

void signal_set_blocked(struct process *process, struct thread *thread, uint64_t set)
{
    uint64_t added;

    set &= ~SIGNAL_UNBLOCKABLE & ~1ull;
    added = set & ~thread->signals.blocked;
    thread->signals.blocked = set;
    if ((process->signals.pending.set & added) != 0) {
        hand_over(process, thread);
    }
    if (signal_deliverable(process, thread) != 0) {
        sched_request(thread, THREAD_REQUEST_SIGNAL);
    }
}

void signal_thread_init(struct thread *thread)
{
    const struct thread *maker = thread_current();

    list_init(&thread->signals.pending.instances);
    if (maker != NULL && maker->process != NULL) {
        thread->signals.blocked = maker->signals.blocked; /* only this thread itself changes it */
    }
}

void signal_thread_end(void)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    struct list garbage;
    irqflags_t flags;

    list_init(&garbage);
    flags = spin_lock_irqsave(&process->lock);
    thread->signals.awaited = 0;
    signal_discard(process, &thread->signals.pending, UINT64_MAX, &garbage);
    thread->signals.blocked = UINT64_MAX; /* it is chosen for nothing more */
    hand_over(process, thread);
    spin_unlock_irqrestore(&process->lock, flags);
    signal_free_list(&garbage);
}

void signal_process_init(struct process *process)
{
    struct process *maker = thread_current() != NULL ? process_current() : NULL;

    list_init(&process->signals.pending.instances);
    if (maker != NULL) {
        irqflags_t flags = spin_lock_irqsave(&maker->lock);

        process->signals.ignored = maker->signals.ignored;
        spin_unlock_irqrestore(&maker->lock, flags);
    }
}

void signal_process_free(struct process *process)
{
    kfree(process->signals.actions);
    process->signals.actions = NULL;
}
