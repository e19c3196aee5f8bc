// SPDX-License-Identifier: MIT
// A file that is mapped gets shorter: its pages leave the address spaces of all processes.
#include <mm/aspace.h>
#include <mm/backing.h>
#include <task/process.h>

#include "process_internal.h"
#include "thread_internal.h"

static void cut(struct process *process, const struct backing *backing, uint64_t first)
{
    mutex_lock(&process->aspace_guard); /* it stays while it is attached here */
    if (process->aspace != NULL) {
        struct aspace *previous = thread_attach_aspace(process->aspace);

        aspace_cut_backing(process->aspace, backing, first);
        thread_detach_aspace(previous);
    }
    mutex_unlock(&process->aspace_guard);
}

void backing_cut_mappings(struct backing *backing, uint64_t first)
{
    struct process *process = process_next(0);

    /* A process that is made meanwhile by fork looks for itself: aspace_fork_give(). */
    while (process != NULL) {
        uint64_t id = process->id;

        cut(process, backing, first);
        object_put(&process->object);
        process = process_next(id);
    }
}
