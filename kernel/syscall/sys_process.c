// SPDX-License-Identifier: MIT
#include <task/process.h>

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
