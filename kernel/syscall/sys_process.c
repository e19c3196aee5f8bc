// SPDX-License-Identifier: MIT
#include <arch/thread.h>
#include <task/process.h>

#include "new_handle.h"
#include "prototypes.h"

int64_t sys_process_exit(uint32_t code)
{
    process_exit(code);
}

int64_t sys_process_wait(struct object *process, uint64_t deadline, uaddr_t status)
{
    struct coco_exit_status found;
    enum status result = process_wait(process_from_object(process), deadline, &found);

    return result == OK ? user_copy_out(status, &found, sizeof(found)) : result;
}

int64_t sys_process_kill(struct object *process, uint32_t signal)
{
    process_kill(process_from_object(process), signal);
    return OK;
}

int64_t sys_process_id(void)
{
    return (int64_t)process_id(process_current());
}

int64_t sys_process_handle_id(struct object *process)
{
    return (int64_t)process_id(process_from_object(process));
}

int64_t sys_process_fork(uaddr_t entry, uaddr_t stack, uint64_t argument, uaddr_t tls)
{
    const struct arch_user_entry start = {
        .rip = entry.v, .rsp = stack.v, .rdi = argument, .fs_base = tls.v};
    struct process *process;
    uint32_t number;
    // A process that runs cannot be taken back, so the number comes first.
    enum status status = new_handle_reserve(&number);

    if (status != OK) {
        return status;
    }
    status = process_fork(&start, number, &process);
    if (status != OK) {
        new_handle_cancel(number);
        return status;
    }
    return new_handle_fill(number, &process->object, COCO_OBJECT_PROCESS_RIGHTS);
}

int64_t sys_process_await_child(uint64_t seen, uint64_t deadline)
{
    uint64_t ended = 0;
    enum status status = process_await_child(seen, deadline, &ended);

    return status == OK ? (int64_t)ended : status;
}

int64_t sys_process_parent_id(void)
{
    return (int64_t)process_parent_id();
}
