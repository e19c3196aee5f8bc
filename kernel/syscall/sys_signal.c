// SPDX-License-Identifier: MIT
#include <mm/user_copy.h>
#include <task/process.h>
#include <task/signal.h>

#include "prototypes.h"

int64_t sys_signal_action(uint32_t signal, uaddr_t action, uaddr_t old)
{
    struct coco_signal_action new_action;
    struct coco_signal_action old_action;
    enum status status = OK;

    if (signal == 0 || signal > COCO_SIGNAL_MAX) {
        return ERR_INVAL;
    }
    if (action.v != 0) {
        status = user_copy_in(&new_action, action, sizeof(new_action));
    }
    if (status == OK && action.v != 0 &&
        ((new_action.flags & ~COCO_SIGNAL_ACTION_MASK) != 0 || new_action.reserved != 0)) {
        status = ERR_INVAL;
    }
    if (status == OK && old.v != 0) {
        // A refused call changes nothing: see that the result can be stored before.
        status = signal_action(signal, NULL, &old_action);
        status = status == OK ? user_copy_out(old, &old_action, sizeof(old_action)) : status;
    }
    if (status == OK) {
        status = signal_action(signal, action.v != 0 ? &new_action : NULL, &old_action);
    }
    if (status == OK && old.v != 0) {
        status = user_copy_out(old, &old_action, sizeof(old_action));
    }
    return status;
}

int64_t sys_signal_mask(uint32_t how, uint64_t set)
{
    uint64_t old = 0;
    enum status status = signal_mask(how, set, &old);

    // Never in the range of errors: the set lacks STOP, a bit in the middle.
    return status == OK ? (int64_t)old : status;
}

int64_t sys_signal_pending(void)
{
    return (int64_t)signal_pending();
}

/// What the calling process says about a signal. ERR_INVAL for a number that is none.
static enum status describe(uint32_t signal, uint64_t value, uint32_t flags,
                            struct coco_signal_info *info)
{
    bool queue = (flags & COCO_SIGNAL_QUEUE) != 0;

    *info = (struct coco_signal_info){
        .signal = signal,
        .code = queue ? COCO_SIGNAL_FROM_QUEUE : COCO_SIGNAL_FROM_USER,
        .sender = process_id(process_current()),
        .value = value,
    };
    return signal > COCO_SIGNAL_MAX ? ERR_INVAL : OK;
}

int64_t sys_signal_send(struct object *process, uint32_t signal, uint64_t value, uint32_t flags)
{
    struct coco_signal_info info;
    enum status status = describe(signal, value, flags, &info);

    if (status != OK || signal == 0) {
        return status;
    }
    return signal_send_process(process_from_object(process), &info,
                               (flags & COCO_SIGNAL_QUEUE) != 0);
}

int64_t sys_signal_send_id(uint64_t id, uint32_t signal, uint64_t value, uint32_t flags)
{
    struct coco_signal_info info;
    enum status status = describe(signal, value, flags, &info);

    return status == OK ? signal_send_id(id, &info, (flags & COCO_SIGNAL_QUEUE) != 0) : status;
}

int64_t sys_signal_send_thread(uint64_t id, uint32_t signal, uint64_t value, uint32_t flags)
{
    struct coco_signal_info info;
    enum status status = describe(signal, value, flags, &info);

    return status == OK ? signal_send_thread(id, &info, (flags & COCO_SIGNAL_QUEUE) != 0) : status;
}

int64_t sys_signal_send_group(uint64_t group, uint32_t signal, uint64_t value, uint32_t flags)
{
    struct coco_signal_info info;
    enum status status = describe(signal, value, flags, &info);

    if (group == 0) {
        group = process_group(process_current());
    }
    return status == OK ? signal_send_group(group, &info, (flags & COCO_SIGNAL_QUEUE) != 0)
                        : status;
}

int64_t sys_signal_suspend(uint64_t set)
{
    return signal_suspend(set);
}

int64_t sys_signal_wait(uint64_t set, uint64_t deadline, uaddr_t info)
{
    struct coco_signal_info found = {0};
    // A signal that was taken is lost when it cannot be stored: try before.
    enum status status = user_copy_out(info, &found, sizeof(found));

    if (status == OK) {
        status = signal_wait(set, deadline, &found);
    }

    if (status == OK) {
        status = user_copy_out(info, &found, sizeof(found));
    }
    return status == OK ? (int64_t)found.signal : status;
}

int64_t sys_signal_stack(uaddr_t base, uint64_t length)
{
    return signal_stack(base, length);
}

int64_t sys_signal_return(uaddr_t delivered)
{
    signal_return(delivered);
    return OK; // not seen by user mode: the frame's RAX is
}
