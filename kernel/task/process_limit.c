// SPDX-License-Identifier: MIT
// What a process may have: limits that are handed on to the processes it makes, and the quotas
// (mm/quota.h) that threads and processes are counted in.
//
// Each process that the first process starts gets a quota of its own, which leaves a part of the
// machine to the first process. A process that limits its tasks gets one, too, for itself and all
// that it makes from then on.
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <task/process.h>

#include "process_internal.h"
#include "program.h"
#include "thread_internal.h"

#define PROCESS_COST (64u << 10) /* bytes: page tables and what the kernel knows of a process */
#define THREAD_COST (24u << 10)  /* bytes: kernel stack, registers */
#define FIRST_SHARE 16u          /* one part in so many stays for the first process */

static uint64_t without_share(uint64_t limit)
{
    return limit - limit / FIRST_SHARE;
}

struct quota *process_quota(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    struct quota *quota = process->quota;

    quota_get(quota);
    spin_unlock_irqrestore(&process->lock, flags);
    return quota;
}

/* The quota of a process that `maker` makes, with a reference. `*inherited`: it is the maker's.
 * ERR_NOMEM. */
static enum status choose_quota(struct process *maker, struct quota **out, bool *inherited)
{
    enum status status;

    *inherited = false;
    if (maker == NULL) {
        *out = &quota_root;
        quota_get(*out);
        return OK;
    }
    *out = process_quota(maker);
    if (*out != &quota_root) {
        *inherited = true;
        return OK;
    }
    quota_put(*out);
    status = quota_create(&quota_root, out);
    if (status == OK) {
        for (unsigned kind = 0; kind < QUOTA_KIND_COUNT; kind++) {
            quota_set_limit(*out, kind, without_share(quota_limit(&quota_root, kind)));
        }
    }
    return status;
}

static enum status charge(struct quota *quota, enum quota_kind kind, uint64_t cost)
{
    if (!quota_take(quota, kind, 1)) {
        return ERR_AGAIN;
    }
    if (!commit_take(quota, cost, 0)) {
        quota_return(quota, kind, 1);
        return ERR_NOMEM;
    }
    return OK;
}

static void uncharge(struct quota *quota, enum quota_kind kind, uint64_t cost)
{
    commit_return(quota, cost);
    quota_return(quota, kind, 1);
    quota_put(quota);
}

static void copy_limits(struct process *process, struct process *maker)
{
    irqflags_t flags = spin_lock_irqsave(&maker->lock);

    memcpy(process->limits, maker->limits, sizeof(process->limits));
    spin_unlock_irqrestore(&maker->lock, flags);
}

static void set_all_limits(struct process *process)
{
    uint64_t memory = page_total_count() * PAGE_SIZE;

    process->limits[COCO_LIMIT_MEMORY] = (struct coco_limit){memory, memory};
    process->limits[COCO_LIMIT_STACK] = (struct coco_limit){PROGRAM_STACK_SIZE, PROGRAM_STACK_MAX};
    process->limits[COCO_LIMIT_DESCRIPTORS] = (struct coco_limit){COCO_LIMIT_NONE, COCO_LIMIT_NONE};
    process->limits[COCO_LIMIT_FILE_SIZE] = (struct coco_limit){COCO_LIMIT_NONE, COCO_LIMIT_NONE};
    process->limits[COCO_LIMIT_CPU] = (struct coco_limit){COCO_LIMIT_NONE, COCO_LIMIT_NONE};
}

enum status process_charge(struct process *process)
{
    struct process *maker = process_current();
    struct quota *quota;
    bool inherited;
    uint64_t tasks;
    enum status status = choose_quota(maker, &quota, &inherited);

    if (status != OK) {
        return status;
    }
    status = charge(quota, QUOTA_PROCESSES, PROCESS_COST);
    if (status != OK) {
        quota_put(quota);
        return status;
    }
    process->quota = quota;
    if (maker != NULL) {
        copy_limits(process, maker);
    } else {
        set_all_limits(process);
    }
    process->cpu_warn_at = process->limits[COCO_LIMIT_CPU].current;
    if (!inherited) {
        tasks = quota_limit(quota, QUOTA_THREADS);
        process->limits[COCO_LIMIT_TASKS] = (struct coco_limit){tasks, tasks};
    }
    return OK;
}

void process_uncharge(struct process *process)
{
    uncharge(process->quota, QUOTA_PROCESSES, PROCESS_COST);
    process->quota = NULL;
}

void process_lend_limits(struct process *fresh)
{
    struct process *process = process_current();

    copy_limits(fresh, process);
    fresh->policy = process->policy;
    fresh->quota = process->quota; /* kept by `process`, or by a quota below it */
}

enum status process_make_aspace(struct process *process)
{
    struct aspace *aspace;
    enum status status = kzalloc_object(&aspace);

    if (status != OK) {
        return status;
    }
    status = aspace_create(aspace, 0);
    if (status != OK) {
        kfree(aspace);
        return status;
    }
    aspace_set_limit(aspace, process->limits[COCO_LIMIT_MEMORY].current);
    aspace_set_quota(aspace, process->quota);
    process->aspace = aspace;
    return OK;
}

enum status thread_charge(struct thread *thread, struct process *process)
{
    struct quota *quota = process_quota(process);
    enum status status = charge(quota, QUOTA_THREADS, THREAD_COST);

    if (status != OK) {
        quota_put(quota);
        return status;
    }
    thread->quota = quota;
    return OK;
}

void thread_uncharge(struct thread *thread)
{
    if (thread->quota != NULL) {
        uncharge(thread->quota, QUOTA_THREADS, THREAD_COST);
        thread->quota = NULL;
    }
}

/* Moves the process with its threads and memory into `quota`. Its lock is held. */
static void enter_quota_locked(struct process *process, struct quota *quota)
{
    struct quota *old = process->quota;
    struct thread *thread;

    quota_move(old, quota, QUOTA_PROCESSES, 1);
    quota_move(old, quota, QUOTA_MEMORY, PROCESS_COST);
    list_for_each_entry(thread, &process->threads, process_link)
    {
        if (thread->quota == old) {
            quota_move(old, quota, QUOTA_THREADS, 1);
            quota_move(old, quota, QUOTA_MEMORY, THREAD_COST);
            thread->quota = quota;
            quota_get(quota);
            quota_put(old); /* `process` has another reference */
        }
    }
    if (process->aspace != NULL) {
        aspace_set_quota(process->aspace, quota);
    }
    process->quota = quota;
    process->quota_is_own = true;
}

static void set_tasks(struct quota *quota, uint64_t most)
{
    quota_set_limit(quota, QUOTA_THREADS, most);
    quota_set_limit(quota, QUOTA_PROCESSES, most);
}

/* Checks a change; with the process's lock. */
static enum status check_locked(const struct process *process, uint32_t item,
                                const struct coco_limit *limit)
{
    if (limit->current > limit->maximum) {
        return ERR_INVAL;
    }
    return limit->maximum > process->limits[item].maximum ? ERR_PERM : OK;
}

static void set_locked(struct process *process, uint32_t item, const struct coco_limit *limit)
{
    process->limits[item] = *limit;
    if (item == COCO_LIMIT_MEMORY) {
        aspace_set_limit(process->aspace, limit->current);
    } else if (item == COCO_LIMIT_TASKS) {
        set_tasks(process->quota, limit->current);
    } else if (item == COCO_LIMIT_CPU) {
        process->cpu_warn_at = limit->current;
    }
}

enum status process_set_limit(uint32_t item, const struct coco_limit *limit)
{
    struct process *process = process_current();
    struct quota *fresh = NULL;
    struct quota *left = NULL;
    enum status status = OK;
    irqflags_t flags;

    if (item == COCO_LIMIT_TASKS && !process->quota_is_own) {
        left = process_quota(process);
        status = quota_create(left, &fresh);
        quota_put(left);
        left = NULL;
        if (status != OK) {
            return status;
        }
    }
    flags = spin_lock_irqsave(&process->lock);
    status = check_locked(process, item, limit);
    if (status == OK) {
        /* Another thread may have been faster. */
        if (fresh != NULL && fresh->parent == process->quota) {
            left = process->quota;
            enter_quota_locked(process, fresh);
            fresh = NULL;
        }
        set_locked(process, item, limit);
    }
    spin_unlock_irqrestore(&process->lock, flags);
    quota_put(left);
    quota_put(fresh);
    return status;
}

static void lower(struct coco_limit *limit, uint64_t most)
{
    limit->current = MIN(limit->current, most);
    limit->maximum = MIN(limit->maximum, most);
}

enum status process_confine(struct process *fresh, struct process_policy *policy)
{
    struct quota *old = fresh->quota;
    struct quota *quota = NULL;
    irqflags_t flags;

    if (policy->tasks != COCO_LIMIT_NONE || policy->memory != COCO_LIMIT_NONE) {
        enum status status = quota_create(old, &quota);

        if (status != OK) {
            return status;
        }
    }
    flags = spin_lock_irqsave(&fresh->lock);
    lower(&fresh->limits[COCO_LIMIT_MEMORY], policy->memory);
    lower(&fresh->limits[COCO_LIMIT_TASKS], policy->tasks);
    if (quota != NULL) {
        enter_quota_locked(fresh, quota);
        set_tasks(quota, fresh->limits[COCO_LIMIT_TASKS].current);
        quota_set_limit(quota, QUOTA_MEMORY, policy->memory);
    }
    spin_unlock_irqrestore(&fresh->lock, flags);
    if (quota != NULL) {
        quota_put(old);
    }
    policy_get(policy);
    policy_put(fresh->policy);
    fresh->policy = policy;
    return OK;
}

enum status process_set_policy(struct process_policy *policy)
{
    struct process *process = process_current();
    struct process_policy *old = process->policy;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool alone = process->thread_count == 1;

    if (alone) {
        policy_get(policy);
        process->policy = policy; /* only this thread looks at it */
    }
    spin_unlock_irqrestore(&process->lock, flags);
    if (!alone) {
        return ERR_BUSY;
    }
    policy_put(old);
    return OK;
}

struct quota *process_quota_get(bool machine)
{
    struct process *process = process_current();
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    struct quota *quota = machine ? &quota_root : process->quota;

    quota_get(quota);
    spin_unlock_irqrestore(&process->lock, flags);
    return quota;
}

void process_get_limit(uint32_t item, struct coco_limit *limit)
{
    struct process *process = process_current();
    irqflags_t flags = spin_lock_irqsave(&process->lock);

    *limit = process->limits[item];
    spin_unlock_irqrestore(&process->lock, flags);
}

uint64_t process_stack_size(const struct process *process)
{
    uint64_t size = MAX(process->limits[COCO_LIMIT_STACK].current, PROGRAM_STACK_MIN);

    return align_up(MIN(size, PROGRAM_STACK_MAX), PAGE_SIZE);
}
