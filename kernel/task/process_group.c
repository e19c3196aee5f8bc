// SPDX-License-Identifier: MIT
// Groups of processes, and sessions, which are groups of groups. Both are named by the id of the
// process that began them, which is never given to another one; they exist as long as a process has
// them. So there is nothing to keep but two numbers in each process, guarded by one lock.
#include <base/check.h>
#include <task/job_control.h>
#include <task/process.h>
#include <task/sched.h>
#include <task/signal.h>

#include "process_internal.h"

static struct spinlock group_lock; /* leaf */

uint64_t process_group(const struct process *process)
{
    return __atomic_load_n(&process->group, __ATOMIC_RELAXED);
}

uint64_t process_session(const struct process *process)
{
    return __atomic_load_n(&process->session, __ATOMIC_RELAXED);
}

static void set(struct process *process, uint64_t session, uint64_t group)
{
    __atomic_store_n(&process->session, session, __ATOMIC_RELAXED);
    __atomic_store_n(&process->group, group, __ATOMIC_RELAXED);
}

void process_group_init(struct process *process)
{
    const struct process *maker = thread_current() != NULL ? process_current() : NULL;

    if (maker == NULL) {
        set(process, process->id, process->id);
    } else {
        irqflags_t flags = spin_lock_irqsave(&group_lock);

        set(process, maker->session, maker->group);
        spin_unlock_irqrestore(&group_lock, flags);
    }
}

void process_group_begin(struct process *process)
{
    set(process, process->id, process->id);
}

enum status process_group_join(struct process *process, uint64_t group)
{
    uint64_t session = process_session(process_current());

    if (group != process->id && !job_group_exists(group, session)) {
        return ERR_PERM;
    }
    set(process, session, group);
    return OK;
}

/* Refusals that depend on the process that is to change. */
static enum status check_target(const struct process *self, const struct process *target)
{
    if (target != self) {
        if (target->parent != self->id || process_is_gone((struct process *)(uintptr_t)target)) {
            return ERR_SRCH;
        }
        if (target->replaced) {
            return ERR_ACCESS;
        }
    }
    if (process_session(target) == target->id || process_session(target) != process_session(self)) {
        return ERR_PERM;
    }
    return OK;
}

enum status process_set_group(uint64_t id, uint64_t group)
{
    struct process *self = process_current();
    struct process *target = process_find(id != 0 ? id : self->id);
    enum status status;

    if (target == NULL) {
        return ERR_SRCH;
    }
    if (group == 0) {
        group = target->id;
    }
    status = check_target(self, target);
    if (status == OK && group != target->id && !job_group_exists(group, process_session(self))) {
        status = ERR_PERM;
    }
    if (status == OK) {
        irqflags_t flags = spin_lock_irqsave(&group_lock);

        status = check_target(self, target); /* it may have run meanwhile */
        if (status == OK) {
            set(target, target->session, group);
        }
        spin_unlock_irqrestore(&group_lock, flags);
    }
    object_put(&target->object);
    return status;
}

enum status process_new_session(void)
{
    struct process *self = process_current();
    irqflags_t flags;

    if (job_group_exists(self->id, 0)) {
        return ERR_PERM;
    }
    flags = spin_lock_irqsave(&group_lock);
    set(self, self->id, self->id);
    spin_unlock_irqrestore(&group_lock, flags);
    return OK;
}

void process_group_mark_replaced(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&group_lock);

    process->replaced = true;
    spin_unlock_irqrestore(&group_lock, flags);
}

/* Whether the parent of `process` keeps its group from being orphaned. */
static bool has_keeper(const struct process *process)
{
    struct process *parent = process_find(process->parent);
    bool keeps;

    if (parent == NULL) {
        return false;
    }
    keeps = !__atomic_load_n(&parent->ended, __ATOMIC_ACQUIRE) &&
            process_session(parent) == process_session(process) &&
            process_group(parent) != process_group(process);
    object_put(&parent->object);
    return keeps;
}

bool process_group_is_orphaned(const struct process *process)
{
    uint64_t group = process_group(process);
    struct process *member;
    uint64_t id = 0;
    bool kept = false;

    while (!kept && (member = process_next(id)) != NULL) {
        id = member->id;
        kept = process_group(member) == group &&
               !__atomic_load_n(&member->ended, __ATOMIC_ACQUIRE) && has_keeper(member);
        object_put(&member->object);
    }
    return !kept;
}

/* Whether `ended` kept the group of `member` from being orphaned: as a parent in another group, or
 * as a member whose parent, `kept`, did. */
static bool has_lost(const struct process *member, const struct process *ended, bool kept)
{
    if (process_group(member) == process_group(ended)) {
        return kept;
    }
    return member->parent == ended->id && process_session(member) == process_session(ended);
}

void process_group_orphan(const struct process *process)
{
    struct process *member;
    bool kept;

    if (!signal_some_stopped()) {
        return;
    }
    kept = has_keeper(process);
    for (uint64_t id = 0; (member = process_next(id)) != NULL; object_put(&member->object)) {
        id = member->id;
        if (has_lost(member, process, kept) &&
            __atomic_load_n(&member->stopped, __ATOMIC_ACQUIRE) &&
            process_group_is_orphaned(member)) {
            job_signal_group(process_group(member), COCO_SIGNAL_HANGUP);
            job_signal_group(process_group(member), COCO_SIGNAL_CONTINUE);
        }
        sched_check();
    }
}
