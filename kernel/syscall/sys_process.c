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

int64_t sys_process_fork(uaddr_t entry, uaddr_t stack, uint64_t argument, uaddr_t tls,
                         uint32_t flags)
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
    status = process_fork(&start, number, (flags & COCO_SPAWN_CHILD) != 0, &process);
    if (status != OK) {
        new_handle_cancel(number);
        return status;
    }
    return new_handle_fill(number, &process->object, COCO_OBJECT_PROCESS_RIGHTS);
}

int64_t sys_process_limit(uint32_t item, uaddr_t change, uaddr_t previous)
{
    struct coco_limit limit;
    enum status status = item < COCO_LIMIT_COUNT ? OK : ERR_INVAL;

    if (status == OK && previous.v != 0) {
        process_get_limit(item, &limit);
        status = user_copy_out(previous, &limit, sizeof(limit));
    }
    if (status == OK && change.v != 0) {
        status = user_copy_in(&limit, change, sizeof(limit));
        if (status == OK) {
            status = process_set_limit(item, &limit);
        }
    }
    return status;
}

int64_t sys_process_parent_id(void)
{
    return (int64_t)process_parent_id();
}

int64_t sys_process_wait_child(uint32_t which, uint64_t id, uint32_t flags, uint64_t deadline,
                               uaddr_t child)
{
    const uint32_t events = flags & (COCO_WAIT_ENDED | COCO_WAIT_STOPPED | COCO_WAIT_CONTINUED);
    struct process_child_query query = {
        .which = which, .id = id, .events = events, .keep = (flags & COCO_WAIT_KEEP) != 0};
    struct coco_child found = {0};

    if (which == COCO_CHILD_GROUP && id == 0) {
        query.id = process_group(process_current());
    }
    // What is told is told once: see that it can be stored before.
    enum status status = user_copy_out(child, &found, sizeof(found));
    if (status == OK && (which > COCO_CHILD_GROUP || events == 0)) {
        status = ERR_INVAL;
    }
    if (status == OK) {
        status = process_wait_child(&query, deadline, &found);
    }
    if (status == OK) {
        status = user_copy_out(child, &found, sizeof(found));
    }
    return status == OK ? (int64_t)found.id : status;
}

/// A process by id, 0 for the caller, with a reference; NULL if there is none.
static struct process *find(uint64_t id)
{
    struct process *process = process_find(id != 0 ? id : process_id(process_current()));

    if (process != NULL && process_is_gone(process)) {
        object_put(&process->object);
        process = NULL;
    }
    return process;
}

int64_t sys_process_group_id(uint64_t id)
{
    struct process *process = find(id);

    if (process == NULL) {
        return ERR_SRCH;
    }
    int64_t group = (int64_t)process_group(process);
    object_put(&process->object);
    return group;
}

int64_t sys_process_session_id(uint64_t id)
{
    struct process *process = find(id);

    if (process == NULL) {
        return ERR_SRCH;
    }
    int64_t session = (int64_t)process_session(process);
    object_put(&process->object);
    return session;
}

int64_t sys_process_set_group(uint64_t id, uint64_t group)
{
    return process_set_group(id, group);
}

int64_t sys_process_new_session(void)
{
    enum status status = process_new_session();

    return status == OK ? (int64_t)process_id(process_current()) : status;
}

int64_t sys_process_children_time(void)
{
    struct cpu_usage used = process_children_usage(process_current());

    return (int64_t)(used.user + used.system);
}

int64_t sys_process_usage(uint32_t which, uint64_t id, uaddr_t usage)
{
    struct coco_usage found = {0};
    enum status status = ERR_INVAL;

    if (which == COCO_USAGE_PROCESS) {
        status = process_usage_of(id, &found);
    } else if (which == COCO_USAGE_THREAD) {
        status = process_thread_usage(id, &found);
    }
    return status == OK ? user_copy_out(usage, &found, sizeof(found)) : status;
}

int64_t sys_process_memory(uint64_t id, uaddr_t usage)
{
    struct coco_memory_usage found;
    enum status status = process_memory_of(id, &found);

    return status == OK ? user_copy_out(usage, &found, sizeof(found)) : status;
}

int64_t sys_process_creation_mask(uint32_t mask)
{
    uint32_t *kept = &process_current()->creation_mask;

    return mask == UINT32_MAX ? __atomic_load_n(kept, __ATOMIC_RELAXED)
                              : __atomic_exchange_n(kept, mask & 0777u, __ATOMIC_RELAXED);
}
