// SPDX-License-Identifier: MIT
// Processes: their end, waiting for it, and what they have used.
#include <base/check.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <task/job_control.h>
#include <task/process.h>
#include <task/signal.h>
#include <task/timer.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "thread_internal.h"

#define DEFAULT_CREATION_MASK 022u

static uint64_t process_total; /* atomic */

static void process_destroy(struct object *object)
{
    struct process *process = process_from_object(object);

    CHECK(process->aspace == NULL && process->handles == NULL,
          "process freed before its last thread ended");
    __atomic_fetch_sub(&process_total, 1, __ATOMIC_RELAXED);
    signal_process_free(process);
    timer_base_free(process->timer_base);
    process_index_remove(process);
    process_uncharge(process);
    policy_put(process->policy);
    object_put(process->log_source);
    kfree(process);
}

static uint32_t process_events(struct object *object)
{
    struct process *process = process_from_object(object);

    return __atomic_load_n(&process->ended, __ATOMIC_ACQUIRE) ? COCO_EVENT_ENDED : 0;
}

static struct wait_queue *process_event_queue(struct object *object)
{
    return &process_from_object(object)->exit_waiters;
}

const struct object_ops process_object_ops = {
    .name = "process",
    .destroy = process_destroy,
    .events = process_events,
    .event_queue = process_event_queue,
};

void process_set_log_source(struct process *process, struct object *log, const char *label)
{
    if (log != NULL) {
        object_get_held(log);
        object_put(process->log_source);
        process->log_source = log;
        (void)strlcpy(process->label, label, sizeof(process->label)); // labels fit
    }
}

enum status process_create(struct process **out)
{
    struct process *process;
    enum status status = kzalloc_object(&process);

    if (status != OK) {
        return status;
    }
    status = process_charge(process);
    if (status != OK) {
        kfree(process);
        return status;
    }
    object_init(&process->object, COCO_OBJECT_PROCESS);
    __atomic_fetch_add(&process_total, 1, __ATOMIC_RELAXED);
    spin_init(&process->lock);
    mutex_init(&process->aspace_guard);
    list_init(&process->threads);
    signal_process_init(process);
    wait_queue_init(&process->exit_waiters);
    process_family_init(process);
    wait_queue_init(&process->sole_waiter);
    wait_queue_init(&process->stop_waiters);
    process->id = task_new_id();
    record_owner_init(&process->file_locks, process->id);
    process->creation_mask = DEFAULT_CREATION_MASK;
    if (process_current() != NULL) {
        process->parent = process_current()->id;
        process->policy = process_current()->policy;
        policy_get(process->policy);
        process_set_log_source(process, process_current()->log_source, process_current()->label);
        process->creation_mask =
            __atomic_load_n(&process_current()->creation_mask, __ATOMIC_RELAXED);
    }
    process_group_init(process);
    process_index_add(process);
    *out = process;
    return OK;
}

void process_unload(struct process *process)
{
    struct aspace *previous = thread_attach_aspace(process->aspace);

    aspace_clear(process->aspace);
    thread_detach_aspace(previous);
}

struct aspace *process_exchange_aspace(struct process *process, struct aspace *aspace)
{
    struct aspace *before;

    mutex_lock(&process->aspace_guard);
    before = process->aspace;
    if (before != NULL) {
        process_keep_most(process, before);
    }
    process->aspace = aspace;
    mutex_unlock(&process->aspace_guard);
    return before;
}

void process_release_resources(struct process *process)
{
    struct aspace *aspace = process_exchange_aspace(process, NULL);

    if (aspace != NULL) {
        aspace_destroy(aspace);
        kfree(aspace);
    }
    if (process->handles != NULL) {
        handle_table_destroy(process->handles);
        kfree(process->handles);
        process->handles = NULL;
    }
    object_put(process->root);
    process->root = NULL;
}

void process_end_locked(struct process *process, const struct coco_exit_status *status)
{
    struct thread *thread;

    if (process->ending) {
        return;
    }
    process->ending = true;
    process->status = *status;
    process->status.load_base = process->load_base;
    list_for_each_entry(thread, &process->threads, process_link)
    {
        sched_request(thread, THREAD_REQUEST_END);
    }
}

void process_end(struct process *process, const struct coco_exit_status *status)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);

    process_end_locked(process, status);
    spin_unlock_irqrestore(&process->lock, flags);
}

/* Sets one of what `exit_waiters` tells about. */
static void tell_waiters(struct process *process, bool *flag)
{
    irqflags_t flags = spin_lock_irqsave(&process->exit_waiters.lock);

    __atomic_store_n(flag, true, __ATOMIC_RELEASE);
    spin_unlock_irqrestore(&process->exit_waiters.lock, flags);
    wait_wake(&process->exit_waiters, WAIT_ALL);
}

void process_finish(struct process *process)
{
    struct thread *thread = thread_current();

    /* The address space stays attached while it is emptied: that may take several turns on the CPU.
     */
    aspace_clear(process->aspace);
    thread->aspace = NULL;
    arch_as_activate(NULL);
    timer_process_end(process);
    process_release_resources(process);
    record_owner_end(&process->file_locks);

    tell_waiters(process, &process->ended);
    if (process_session(process) == process->id) {
        terminal_session_ended(process->id);
    }
    process_family_leave(process);
    process_family_report(process, COCO_WAIT_ENDED);
    signal_process_end(process);
    tell_waiters(process, &process->announced);
    process_group_orphan(process);
}

void process_kill(struct process *process, uint32_t signal)
{
    const struct coco_exit_status status = {.reason = COCO_EXIT_KILLED, .code = signal};

    process_end(process, &status);
}

enum status process_wait(struct process *process, uint64_t deadline,
                         struct coco_exit_status *status)
{
    for (;;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&process->exit_waiters.lock);
        bool ended = process->ended;
        enum status result;

        if (!ended) {
            wait_prepare_locked(&process->exit_waiters, &waiter);
        }
        spin_unlock_irqrestore(&process->exit_waiters.lock, flags);
        if (ended) {
            *status = process->status; /* constant since `ended` was set */
            return OK;
        }
        result = wait_commit_signals(&waiter, deadline);
        if (result != OK) {
            return result;
        }
    }
}

uint64_t process_count(void)
{
    return __atomic_load_n(&process_total, __ATOMIC_RELAXED);
}
