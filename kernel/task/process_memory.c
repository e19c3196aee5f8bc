// SPDX-License-Identifier: MIT
// How much memory a process has, and the most it had.
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/quota.h>
#include <task/process.h>

#include "process_internal.h"
#include "schedule_internal.h"

void process_keep_most(struct process *process, struct aspace *aspace)
{
    struct aspace_pages pages;

    aspace_count(aspace, &pages);
    process->pages_most = MAX(process->pages_most, pages.most);
}

struct aspace_pages process_pages(struct process *process)
{
    struct aspace_pages pages = {0};

    mutex_lock(&process->aspace_guard); /* it stays while it is looked at */
    if (process->aspace != NULL) {
        aspace_count(process->aspace, &pages);
    }
    pages.most = MAX(pages.most, process->pages_most);
    mutex_unlock(&process->aspace_guard);
    return pages;
}

enum status process_memory_of(uint64_t id, struct coco_memory_usage *usage)
{
    struct process *target;
    struct aspace_pages pages;
    struct quota *quota;
    enum status status = schedule_find(id, &target);

    if (status != OK) {
        return status;
    }
    pages = process_pages(target);
    quota = process_quota(target);
    *usage = (struct coco_memory_usage){
        .present = pages.now * PAGE_SIZE,
        .present_most = pages.most * PAGE_SIZE,
        .children_most = process_children_pages(target) * PAGE_SIZE,
        .promised = quota_used(quota, QUOTA_MEMORY),
        .promised_most = quota_most(quota),
    };
    quota_put(quota);
    object_put(&target->object);
    return OK;
}
