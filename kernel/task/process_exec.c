// SPDX-License-Identifier: MIT
// Replacing the program of the current process.
//
// What the new program needs is made first, in a process of its own that nobody knows, as for a new
// process. Then the other threads are told to end, and waited for: from here on nothing can fail
// but by the end of the whole process. The calling thread, alone, takes the new address space and
// handles in place of the old ones.
#include <base/check.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <object/wait.h>
#include <task/process.h>
#include <task/robust.h>
#include <task/signal.h>

#include "process_internal.h"
#include "program.h"
#include "sched_internal.h"
#include "thread_internal.h"

/* Makes the current thread the only one that stays. False if the process, or the thread for the
 * sake of another, is to end already. */
static bool tell_others_to_end(struct process *process)
{
    struct thread *self = thread_current();
    struct thread *thread;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool first = !process->ending && !process->sole;

    if (first) {
        process->sole = true;
        list_for_each_entry(thread, &process->threads, process_link)
        {
            if (thread != self) {
                sched_request(thread, THREAD_REQUEST_END);
            }
        }
    }
    spin_unlock_irqrestore(&process->lock, flags);
    return first;
}

static enum status end_others(struct process *process)
{
    if (!tell_others_to_end(process)) {
        return ERR_CANCELED;
    }
    for (;;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&process->lock);
        bool alone = process->thread_count == 1;
        enum status status;

        if (!alone) {
            wait_prepare(&process->sole_waiter, &waiter);
        }
        spin_unlock_irqrestore(&process->lock, flags);
        if (alone) {
            return thread_canceled() ? ERR_CANCELED : OK;
        }
        status = wait_commit(&waiter, WAIT_FOREVER);
        if (status != OK) {
            return status; /* the process ends */
        }
    }
}

/* Exchanges the resources of the process, of which the current thread is the only one, with those
 * of `fresh`. */
static void exchange(struct process *process, struct process *fresh)
{
    struct thread *thread = thread_current();
    struct aspace *old_aspace;
    struct handle_table *old_handles = process->handles;
    struct object *old_root = process->root;
    irqflags_t flags;

    /* The address space stays attached while it is emptied: that may take several turns on the CPU.
     */
    aspace_clear(process->aspace);
    thread->aspace = fresh->aspace;
    arch_as_activate(&fresh->aspace->arch);
    old_aspace = process_exchange_aspace(process, fresh->aspace);
    flags = spin_lock_irqsave(&process->lock);
    process->handles = fresh->handles;
    process->root = fresh->root;
    process->load_base = fresh->load_base;
    process->sole = false;
    memcpy(process->name, fresh->name, sizeof(process->name));
    spin_unlock_irqrestore(&process->lock, flags);
    fresh->aspace = old_aspace;
    fresh->handles = old_handles;
    fresh->root = old_root;
}

/* The locks of the process on files of which it keeps no handle, or not for all descriptors. */
static void release_locks(struct process *process, const struct process_start_args *args,
                          struct handle_table *before)
{
    record_owner_keep_open(&process->file_locks, before, process->handles);
    for (uint32_t i = 0; i < args->handle_count; i++) {
        if (args->handles[i].unlock) {
            record_owner_release(&process->file_locks, args->handles[i].object);
        }
    }
}

enum status process_exec(const struct process_start_args *args, struct arch_user_entry *entry)
{
    struct process *process = process_current();
    struct process *fresh; /* never an object: it only carries resources */
    enum status status = start_block_check(args);

    if (status != OK) {
        return status;
    }
    status = kzalloc_object(&fresh);
    if (status != OK) {
        return status;
    }
    process_lend_limits(fresh);
    status = process_prepare(fresh, args, entry);
    if (status == OK) {
        status = end_others(process);
        if (status == OK) {
            robust_end(); /* the words of the old program */
            exchange(process, fresh);
            release_locks(process, args, fresh->handles);
            signal_reset();
            call_state_end(&thread_current()->call_state); /* the program that knew of it is gone */
            process_group_mark_replaced(process);
        } else {
            process_unload(fresh);
        }
        process_release_resources(fresh);
    }
    kfree(fresh);
    return status;
}
