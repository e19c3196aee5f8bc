// SPDX-License-Identifier: MIT
// Copying a process. The two address spaces take turns on the CPU, as only the active one can be
// edited; everything that can fail happens before the new thread is launched.
#include <base/check.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <task/process.h>
#include <task/signal.h>

#include "process_internal.h"
#include "thread_internal.h"

/* Moves the private pages of `parent`, which is attached, over in batches. */
static enum status copy_pages(struct aspace *parent, struct aspace *child)
{
    struct aspace_fork_batch *batch;
    enum status status = kzalloc_object(&batch);

    if (status != OK) {
        return status;
    }
    while (status == OK && batch->at < COCO_USER_END) {
        aspace_fork_take(parent, batch);
        if (batch->count > 0) {
            struct aspace *previous = thread_attach_aspace(child);

            status = aspace_fork_give(child, batch);
            thread_detach_aspace(previous);
        }
        sched_check();
        if (status == OK && thread_canceled()) {
            status = ERR_CANCELED;
        }
    }
    kfree(batch);
    return status;
}

static enum status copy_aspace(struct process *parent, struct process *child)
{
    enum status status = process_make_aspace(child);

    if (status != OK) {
        return status;
    }
    status = aspace_fork_ranges(parent->aspace, child->aspace);
    return status == OK ? copy_pages(parent->aspace, child->aspace) : status;
}

static enum status copy_handles(struct process *parent, struct process *child, uint32_t without)
{
    enum status status = kzalloc_object(&child->handles);

    if (status != OK) {
        return status;
    }
    handle_table_init(child->handles);
    process_limit_handles(child);
    status = handle_table_copy(child->handles, parent->handles);
    if (status == OK) {
        (void)!handle_close(child->handles, without); /* another thread may have closed it before */
    }
    return status;
}

/* What does not cost memory. */
static void copy_rest(struct process *parent, struct process *child)
{
    if (parent->root != NULL) {
        CHECK(object_get(parent->root), "root directory without a reference");
        child->root = parent->root;
    }
    child->load_base = parent->load_base;
    child->may_control = parent->may_control;
    strlcpy(child->name, parent->name, sizeof(child->name));
}

static enum status launch(struct process *process, const struct arch_user_entry *entry, bool child)
{
    struct thread *thread;
    enum status status = thread_create(process, entry, &thread);

    if (status != OK) {
        return status;
    }
    status = signal_copy(process, thread);
    if (status == OK && child) {
        process_family_add(process); /* before it can end */
    }
    if (status == OK) {
        status = thread_launch(thread);
    }
    if (status != OK) {
        process_family_remove(process);
        thread_discard(thread);
        return status;
    }
    object_put(&thread->object);
    return OK;
}

enum status process_fork(const struct arch_user_entry *entry, uint32_t without, bool listed,
                         struct process **out)
{
    struct process *parent = process_current();
    struct process *child;
    enum status status = thread_entry_check(entry);

    if (status != OK) {
        return status;
    }
    status = process_create(&child);
    if (status != OK) {
        return status;
    }
    copy_rest(parent, child);
    status = copy_handles(parent, child, without);
    if (status == OK) {
        status = copy_aspace(parent, child);
    }
    if (status == OK) {
        status = launch(child, entry, listed);
    }
    if (status == OK) {
        *out = child;
        return OK;
    }
    if (child->aspace != NULL) {
        process_unload(child);
    }
    process_release_resources(child);
    object_put(&child->object);
    return status;
}
