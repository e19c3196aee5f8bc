// SPDX-License-Identifier: MIT
// Starting a process: everything that can fail happens before its first thread is launched.
#include <abi/types.h>
#include <base/check.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <task/job_control.h>
#include <task/signal.h>

#include "process_internal.h"
#include "program.h"
#include "schedule_internal.h"
#include "thread_internal.h"

static enum status give_log(struct process *process, const struct process_start_args *args)
{
    if (args->log == NULL) {
        return OK;
    }
    return handle_install_at(process->handles, COCO_HANDLE_LOG, args->log,
                             COCO_RIGHT_WRITE | COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER);
}

/* `block`: the program has a start block, which tells it what its handles are for. */
static enum status give_handles(struct process *process, const struct process_start_args *args,
                                bool block)
{
    enum status status = OK;
    uint32_t number;

    if (!block && args->handles_need_block) {
        return OK;
    }
    for (number = 1; number <= args->handle_count && status == OK; number++) {
        const struct process_start_handle *handle = &args->handles[number - 1];

        status = handle_install_at(process->handles, number, handle->object, handle->rights);
    }
    return status;
}

/* The name is shown in log lines: it must not break out of them. */
static void set_name(struct process *process, const char *name)
{
    strlcpy(process->name, name, sizeof(process->name));
    for (char *at = process->name; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            *at = '?';
        }
    }
}

static enum status make_resources(struct process *process, const struct process_start_args *args)
{
    enum status status = kzalloc_object(&process->handles);

    if (status != OK) {
        return status;
    }
    handle_table_init(process->handles);
    process_limit_handles(process);
    if (args->root != NULL) {
        CHECK(object_get(args->root), "root directory without a reference");
        process->root = args->root;
    }
    set_name(process, args->name);
    status = process_make_aspace(process);
    if (status != OK) {
        return status;
    }
    return give_log(process, args);
}

/* Upstream's entry: RSP as after a call instruction, the word there and all registers zero. */
static void entry_fill(const struct program *program, uint64_t block, struct arch_user_entry *entry)
{
    *entry = (struct arch_user_entry){
        .rip = program->entry,
        .rsp = program->stack_high - sizeof(uint64_t),
        .rdi = block,
    };
}

/* Loads the program into the new address space, which is attached meanwhile; empties it on an
 * error. */
static enum status load(struct process *process, const struct process_start_args *args,
                        struct arch_user_entry *entry)
{
    struct aspace *previous = thread_attach_aspace(process->aspace);
    struct program program;
    uint64_t block = 0;
    enum status status =
        program_load(args->source, process->aspace, process_stack_size(process), &program);

    if (status == OK && program.native) {
        status = start_block_write(args, process->aspace, &program, &block);
    }
    if (status == OK) {
        process->load_base = program.load_base;
        entry_fill(&program, block, entry);
    } else {
        aspace_clear(process->aspace);
    }
    thread_detach_aspace(previous);
    return status;
}

enum status process_prepare(struct process *process, const struct process_start_args *args,
                            struct arch_user_entry *entry)
{
    enum status status = make_resources(process, args);

    if (status == OK) {
        status = load(process, args, entry);
    }
    if (status == OK) {
        status = give_handles(process, args, entry->rdi != 0);
        if (status == OK) {
            return OK;
        }
        process_unload(process);
    }
    process_release_resources(process);
    return status;
}

/* Starts the first thread. The process is somebody's child before it can end. */
static enum status launch(struct process *process, const struct process_start_args *args,
                          const struct arch_user_entry *entry)
{
    struct thread *thread;
    enum status status = thread_create(process, entry, &thread);

    if (status != OK) {
        return status;
    }
    if (!process->may_control) {
        schedule_reset(thread);
    }
    if (args->set_blocked) {
        thread->signals.blocked = args->blocked & ~SIGNAL_UNBLOCKABLE & ~1ull;
    }
    if (args->child) {
        process_family_add(process);
    }
    if (args->terminal != NULL) {
        terminal_session_begins(args->terminal, process->id);
    }
    status = thread_launch(thread);
    if (status != OK) {
        if (args->terminal != NULL) {
            terminal_session_ended(process->id);
        }
        process_family_remove(process);
        thread_discard(thread);
        return status;
    }
    object_put(&thread->object);
    return OK;
}

/* Whose signals it gets, and from whom. */
static enum status set_place(struct process *process, const struct process_start_args *args)
{
    process->may_signal_parent = args->may_signal_parent;
    process->may_control =
        args->may_control && (process_current() == NULL || process_current()->may_control);
    process->replaced = true;
    signal_process_default(process, args->default_signals);
    if (args->new_session || !args->may_signal_parent) {
        process_group_begin(process);
    } else if (args->set_group) {
        return process_group_join(process, args->group != 0 ? args->group : process->id);
    }
    return OK;
}

enum status process_start(const struct process_start_args *args, struct process **out)
{
    struct arch_user_entry entry;
    struct process *process;
    enum status status = start_block_check(args);

    if (status != OK) {
        return status;
    }
    status = process_create(&process);
    if (status != OK) {
        return status;
    }
    status = set_place(process, args);
    process_set_log_source(process, args->log_source, args->log_label);
    if (status == OK && args->policy != NULL) {
        status = process_confine(process, args->policy);
    }
    if (status == OK) {
        status = process_prepare(process, args, &entry);
    }
    if (status == OK) {
        status = launch(process, args, &entry);
        if (status == OK) {
            *out = process;
            return OK;
        }
        process_unload(process);
        process_release_resources(process);
    }
    object_put(&process->object);
    return status;
}
