// SPDX-License-Identifier: MIT
// Stopping and continuing processes. A thread of a stopped process stays in the kernel where it
// would go on in user mode; one that waits in a call goes on waiting, and stays when that is over.
#include <base/check.h>
#include <object/wait.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "signal_internal.h"

static uint32_t stopped_total; /* processes that are stopped; atomic */

bool signal_some_stopped(void)
{
    return __atomic_load_n(&stopped_total, __ATOMIC_RELAXED) != 0;
}

static void set_stopped(struct process *process, bool stopped)
{
    __atomic_store_n(&process->stopped, stopped, __ATOMIC_RELEASE);
    __atomic_fetch_add(&stopped_total, stopped ? 1 : UINT32_MAX, __ATOMIC_RELAXED);
}

uint32_t signal_arrives(struct process *process, uint32_t signal, struct list *garbage)
{
    if (signal == COCO_SIGNAL_CONTINUE) {
        signal_discard_everywhere(process, SIGNAL_STOPPING, garbage);
        if (process->stopped) {
            set_stopped(process, false);
            wait_wake(&process->stop_waiters, WAIT_ALL);
            return COCO_WAIT_CONTINUED;
        }
    } else if ((SIGNAL_STOPPING & signal_bit(signal)) != 0) {
        signal_discard_everywhere(process, signal_bit(COCO_SIGNAL_CONTINUE), garbage);
    }
    return 0;
}

uint32_t signal_stop(struct process *process, uint32_t signal)
{
    struct thread *thread;

    if (process->stopped || process->ending) {
        return 0;
    }
    __atomic_store_n(&process->stop_signal, signal, __ATOMIC_RELAXED);
    set_stopped(process, true);
    list_for_each_entry(thread, &process->threads, process_link)
    {
        sched_request(thread, THREAD_REQUEST_STOP);
    }
    return COCO_WAIT_STOPPED;
}

void signal_stay_stopped(void)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;

    /* First: what comes from here on asks again. */
    __atomic_fetch_and(&thread->requests, ~THREAD_REQUEST_STOP, __ATOMIC_SEQ_CST);
    for (;;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&process->lock);
        bool stay = process->stopped && !process->ending && !thread_canceled();

        if (stay) {
            wait_prepare(&process->stop_waiters, &waiter);
        }
        spin_unlock_irqrestore(&process->lock, flags);
        if (!stay || wait_commit(&waiter, WAIT_FOREVER) != OK) {
            return; /* continued, or to end */
        }
    }
}

/* Whether the parent wants a signal when a child is stopped or continued. */
static bool wants_signal(struct process *parent)
{
    irqflags_t flags = spin_lock_irqsave(&parent->lock);
    const struct coco_signal_action *actions = parent->signals.actions;
    bool wants =
        actions == NULL || (actions[COCO_SIGNAL_CHILD].flags & COCO_SIGNAL_NO_CHILD_STOP) == 0;

    spin_unlock_irqrestore(&parent->lock, flags);
    return wants;
}

void signal_report(struct process *process, uint32_t event)
{
    const struct coco_signal_info info = {
        .signal = COCO_SIGNAL_CHILD,
        .code = COCO_SIGNAL_FROM_CHILD,
        .sender = process->id,
        .reason = event == COCO_WAIT_STOPPED ? COCO_EXIT_STOPPED : COCO_EXIT_CONTINUED,
        .status = event == COCO_WAIT_STOPPED
                      ? __atomic_load_n(&process->stop_signal, __ATOMIC_RELAXED)
                      : COCO_SIGNAL_CONTINUE,
    };
    struct process *parent = event != 0 ? process_find(process->parent) : NULL;

    if (parent == NULL) {
        return;
    }
    process_family_report(process, event);
    if (wants_signal(parent)) {
        enum status status = signal_send_process(parent, &info, false);

        CHECK(status == OK, "a signal of the kernel was refused");
    }
    object_put(&parent->object);
}

void signal_stop_forget(struct process *process)
{
    if (process->stopped) {
        set_stopped(process, false); /* it ended as it was */
    }
}
