// SPDX-License-Identifier: MIT
// Sending signals: who takes one, what is kept, who is woken.
#include <base/check.h>
#include <mm/heap.h>

#include "crash.h"
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
    /* A timer has one instance, which costs nothing. */
    if (*instance != NULL &&
        ((*instance)->timer != NULL || process->signals.instances < COCO_SIGNAL_QUEUE_MAX)) {
        list_add_tail(&pending->instances, &(*instance)->link);
        process->signals.instances++;
        *instance = NULL;
    } else if (queue) {
        return ERR_AGAIN;
    }
    pending->set |= signal_bit(signal);
    return OK;
}

/// A signal on its way, and what its arrival brought about.
struct posting {
    const struct coco_signal_info *info;
    struct signal_instance *instance; /* for it to be kept in; NULL once it is */
    bool queue;
    bool orphaned;       /* the process's group is; known for SIGNAL_TERMINAL_STOPPING only */
    uint32_t event;      /* to report to the parent: COCO_WAIT_*, or 0 */
    struct list garbage; /* instances of others */
};

/* A thread that tells of its own fault, as abort() does, takes the signal on its way out of the
   kernel: there its registers are, for the report. */
static bool is_own_fault(const struct thread *target, uint32_t signal)
{
    return target == thread_current() && crash_is_signal(signal);
}

/* The default action of a signal that `target` would take. True if that was all. */
static bool act(struct process *process, const struct thread *target, struct posting *posting)
{
    uint32_t signal = posting->info->signal;
    const struct coco_exit_status end = {.reason = COCO_EXIT_KILLED, .code = signal};

    switch (signal_disposition(process, signal)) {
    case SIGNAL_DISCARD:
        return true;
    case SIGNAL_STOP:
        if (!posting->orphaned) {
            posting->event = signal_stop(process, signal);
        }
        return true;
    case SIGNAL_END:
        if (process->stopped && signal != COCO_SIGNAL_KILL) {
            return false; /* when it is continued */
        }
        if (is_own_fault(target, signal)) {
            return false;
        }
        process_end_locked(process, &end);
        return true;
    default:
        return false;
    }
}

/* `thread` NULL: any thread of the process. */
static enum status post(struct process *process, struct thread *thread, struct posting *posting)
{
    const struct coco_signal_info *info = posting->info;
    uint64_t bit = signal_bit(info->signal);
    struct thread *target = thread;
    enum status status;

    if (process->ending) {
        return OK;
    }
    posting->event = signal_arrives(process, info->signal, &posting->garbage);
    if (thread == NULL) {
        target = choose(process, bit);
    } else if (!takes(thread, bit)) {
        target = NULL;
    }
    if (target != NULL && (target->signals.awaited & bit) == 0 && act(process, target, posting)) {
        return OK;
    }
    status = keep(process, thread != NULL ? &thread->signals.pending : &process->signals.pending,
                  &posting->instance, posting->queue, info->signal);
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

static struct posting begin_posting(const struct process *process,
                                    const struct coco_signal_info *info, bool queue)
{
    bool stops = (signal_bit(info->signal) & SIGNAL_TERMINAL_STOPPING) != 0;

    return (struct posting){
        .info = info,
        .instance = info->signal != 0 ? new_instance(info) : NULL,
        .queue = queue,
        .orphaned = stops && process_group_is_orphaned(process),
    };
}

static void finish_posting(struct process *process, struct posting *posting)
{
    kfree(posting->instance);
    signal_free_list(&posting->garbage);
    signal_report(process, posting->event);
}

enum status signal_send_process(struct process *process, const struct coco_signal_info *info,
                                bool queue)
{
    struct posting posting = begin_posting(process, info, queue);
    enum status status;
    irqflags_t flags;

    list_init(&posting.garbage);
    flags = spin_lock_irqsave(&process->lock);
    status = post(process, NULL, &posting);
    spin_unlock_irqrestore(&process->lock, flags);
    finish_posting(process, &posting);
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
    struct posting posting = begin_posting(process, info, queue);
    enum status status = OK;
    struct thread *thread;
    irqflags_t flags;

    list_init(&posting.garbage);
    flags = spin_lock_irqsave(&process->lock);
    thread = find_thread(process, id);
    if (thread == NULL) {
        status = ERR_NOTFOUND;
    } else if (info->signal != 0) {
        status = post(process, thread, &posting);
    }
    spin_unlock_irqrestore(&process->lock, flags);
    finish_posting(process, &posting);
    return status;
}

bool signal_post_instance(struct process *process, uint64_t target,
                          struct signal_instance *instance)
{
    struct thread *thread = target != 0 ? find_thread(process, target) : NULL;
    struct posting posting = {.info = &instance->info, .instance = instance};

    if (target != 0 && thread == NULL) {
        return false;
    }
    list_init(&posting.garbage);
    if (post(process, thread, &posting) != OK) {
        return false;
    }
    CHECK(posting.event == 0 && list_empty(&posting.garbage), "a timer stops or continues");
    return posting.instance == NULL;
}

bool signal_send_instance(struct process *process, uint64_t target,
                          struct signal_instance *instance)
{
    bool stops = (signal_bit(instance->info.signal) & SIGNAL_TERMINAL_STOPPING) != 0;
    struct posting posting = {
        .info = &instance->info,
        .instance = instance,
        .orphaned = stops && process_group_is_orphaned(process),
    };
    struct thread *thread;
    irqflags_t flags;

    list_init(&posting.garbage);
    flags = spin_lock_irqsave(&process->lock);
    thread = target != 0 ? find_thread(process, target) : NULL;
    if (target == 0 || thread != NULL) {
        enum status status = post(process, thread, &posting);

        CHECK(status == OK, "a signal that need not be queued was refused");
    }
    spin_unlock_irqrestore(&process->lock, flags);
    signal_free_list(&posting.garbage);
    signal_report(process, posting.event);
    return posting.instance == NULL;
}

bool signal_thread_exists(uint64_t id)
{
    struct process *process = process_current();
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool exists = find_thread(process, id) != NULL;

    spin_unlock_irqrestore(&process->lock, flags);
    return exists;
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
