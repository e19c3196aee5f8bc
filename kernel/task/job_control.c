// SPDX-License-Identifier: MIT
// Job control, the processes' side. The terminals' side is kernel/tty.
#include <task/job_control.h>

#include <base/check.h>
#include <task/sched.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "signal_internal.h"

bool job_group_exists(uint64_t group, uint64_t session)
{
    struct process *process;
    uint64_t id = 0;
    bool found = false;

    while (!found && (process = process_next(id)) != NULL) {
        id = process->id;
        found = process_group(process) == group && !process_is_gone(process) &&
                (session == 0 || process_session(process) == session);
        object_put(&process->object);
        sched_check();
    }
    return found;
}

static void send(struct process *process, uint32_t signal)
{
    const struct coco_signal_info info = {.signal = signal};
    enum status status = signal_send_process(process, &info, false);

    CHECK(status == OK, "a signal of the kernel was refused");
}

void job_signal_group(uint64_t group, uint32_t signal)
{
    struct process *member;

    for (uint64_t id = 0; (member = process_next(id)) != NULL; object_put(&member->object)) {
        id = member->id;
        if (process_group(member) == group) {
            send(member, signal);
        }
        sched_check();
    }
}

void job_signal_process(uint64_t id, uint32_t signal)
{
    struct process *process = process_find(id);

    if (process != NULL) {
        send(process, signal);
        object_put(&process->object);
    }
}

/* Whether the current thread would not take the signal. */
static bool is_held_back(uint32_t signal)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    uint64_t set = thread->signals.blocked | process->signals.ignored;

    spin_unlock_irqrestore(&process->lock, flags);
    return (set & signal_bit(signal)) != 0;
}

enum status job_check(uint32_t signal)
{
    if (is_held_back(signal)) {
        return signal == COCO_SIGNAL_TERMINAL_OUT ? OK : ERR_IO;
    }
    if (process_group_is_orphaned(process_current())) {
        return ERR_IO;
    }
    job_signal_group(process_group(process_current()), signal);
    /* On the way to user mode the call starts again, unless a handler makes it end with INTR. */
    sched_request(thread_current(), THREAD_REQUEST_SIGNAL);
    return ERR_INTR;
}

bool job_is_leader(void)
{
    return process_session(process_current()) == process_id(process_current());
}
