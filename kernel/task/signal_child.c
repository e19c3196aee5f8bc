// SPDX-License-Identifier: MIT
// Signals between processes, and what becomes of signal state when processes begin and end.
#include <base/check.h>
#include <base/string.h>
#include <mm/heap.h>
#include <task/sched.h>

#include "process_internal.h"
#include "signal_internal.h"

bool signal_may_send(const struct process *sender, const struct process *target)
{
    return sender == target || (sender->may_signal_parent && sender->parent == target->id) ||
           process_session(sender) == process_session(target) ||
           process_descends(target, sender->id);
}

enum status signal_send_id(uint64_t id, const struct coco_signal_info *info, bool queue)
{
    struct process *target = process_find(id);
    enum status status = OK;

    if (target == NULL) {
        return ERR_NOTFOUND;
    }
    if (process_is_gone(target)) {
        status = ERR_NOTFOUND; /* somebody still has a handle, or is just letting go */
    } else if (!signal_may_send(process_current(), target)) {
        status = ERR_PERM;
    } else if (info->signal != 0) {
        status = signal_send_process(target, info, queue);
    }
    object_put(&target->object);
    return status;
}

/* Whether a signal for `group` reaches `target`. */
static bool is_addressed(struct process *target, uint64_t group)
{
    if (process_is_gone(target)) {
        return false;
    }
    return group == COCO_SIGNAL_EVERYBODY ? target != process_current()
                                          : process_group(target) == group;
}

enum status signal_send_group(uint64_t group, const struct coco_signal_info *info, bool queue)
{
    struct process *self = process_current();
    struct process *target;
    enum status result = ERR_NOTFOUND;
    bool to_self = false;

    for (uint64_t id = 0; (target = process_next(id)) != NULL; object_put(&target->object)) {
        enum status status = ERR_PERM;

        id = target->id;
        if (!is_addressed(target, group)) {
            continue;
        }
        if (target == self) {
            to_self = true; /* last, as it may be the end of this loop */
            status = OK;
        } else if (signal_may_send(self, target)) {
            status = info->signal != 0 ? signal_send_process(target, info, queue) : OK;
        }
        result = result == OK ? OK : status;
        sched_check();
    }
    if (to_self && info->signal != 0) {
        enum status status = signal_send_process(self, info, queue);

        result = result == OK ? status : result;
    }
    return result;
}

bool signal_discards_children(struct process *process)
{
    const struct process_signals *signals = &process->signals;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool discards = (signals->ignored & signal_bit(COCO_SIGNAL_CHILD)) != 0 ||
                    (signals->actions != NULL &&
                     (signals->actions[COCO_SIGNAL_CHILD].flags & COCO_SIGNAL_NO_CHILD_WAIT) != 0);

    spin_unlock_irqrestore(&process->lock, flags);
    return discards;
}

void signal_process_default(struct process *process, uint64_t set)
{
    process->signals.ignored &= ~set;
}

void signal_process_end(struct process *process)
{
    const struct coco_signal_info info = {
        .signal = COCO_SIGNAL_CHILD,
        .code = COCO_SIGNAL_FROM_CHILD,
        .sender = process->id,
        .reason = process->status.reason,
        .status = process->status.code,
    };
    struct process *parent = process_find(process->parent);
    struct list garbage;
    irqflags_t flags;

    signal_stop_forget(process);
    list_init(&garbage);
    flags = spin_lock_irqsave(&process->lock);
    signal_discard(process, &process->signals.pending, UINT64_MAX, &garbage);
    spin_unlock_irqrestore(&process->lock, flags);
    signal_free_list(&garbage);
    if (parent != NULL) {
        /* Nobody waits for room: one that waits already says as much. */
        enum status status = signal_send_process(parent, &info, false);

        CHECK(status == OK, "a signal of the kernel was refused");
        object_put(&parent->object);
    }
}

enum status signal_copy(struct process *process, struct thread *thread)
{
    const struct thread *self = thread_current();
    struct process *maker = self->process;
    const size_t size = (COCO_SIGNAL_MAX + 1) * sizeof(struct coco_signal_action);
    void *table = NULL;
    irqflags_t flags;

    if (__atomic_load_n(&maker->signals.actions, __ATOMIC_ACQUIRE) != NULL) {
        enum status status = kmalloc(size, &table);

        if (status != OK) {
            return status;
        }
    }
    flags = spin_lock_irqsave(&maker->lock);
    if (table != NULL) {
        memcpy(table, maker->signals.actions, size);
        process->signals.actions = table;
        process->signals.handled = maker->signals.handled;
    }
    process->signals.ignored = maker->signals.ignored;
    process->may_signal_parent = true; /* the same program: it is trusted as much */
    spin_unlock_irqrestore(&maker->lock, flags);
    thread->signals.blocked = self->signals.blocked;
    thread->signals.stack_base = self->signals.stack_base;
    thread->signals.stack_size = self->signals.stack_size;
    return OK;
}

void signal_reset(void)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);

    for (uint64_t left = process->signals.handled; left != 0; left &= left - 1) {
        process->signals.actions[__builtin_ctzll(left)] =
            (struct coco_signal_action){.handler = COCO_SIGNAL_DEFAULT};
    }
    process->signals.handled = 0;
    spin_unlock_irqrestore(&process->lock, flags);
    thread->signals.stack_base = 0;
    thread->signals.stack_size = 0;
}
