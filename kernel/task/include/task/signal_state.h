// SPDX-License-Identifier: MIT
// What threads and processes keep about signals. Members are for kernel/task/signal*.c only.
#pragma once

#include <abi/types.h>
#include <base/list.h>
#include <base/types.h>

/// Signals that wait for delivery. A bit without an instance is a signal of which only the number
/// is known.
struct signal_pending {
    uint64_t set;
    struct list instances; /* struct signal_instance, oldest first */
};

/// (p) is guarded by the process lock; the rest belongs to the thread itself.
struct thread_signals {
    struct signal_pending pending; /* (p) for this thread only */
    uint64_t blocked;              /* (p) */
    uint64_t awaited;              /* (p) signals that signal_wait() takes, blocked or not */
    uint64_t saved;                /* the set to go back to after `blocked` was set for one wait */
    bool has_saved;
    bool no_restart; /* the call under way shall not start again, whatever the action says */
    bool returning;  /* signal_return() was called with `frame` */
    bool faulted;    /* an exception is to be delivered: `fault` */
    uint64_t frame;
    uint64_t stack_base; /* of the stack for signals */
    uint64_t stack_size; /* bytes; 0 for none */
    struct coco_signal_info fault;
};

/// Guarded by the process lock.
struct process_signals {
    struct signal_pending pending;
    uint64_t handled;                   /* signals with a handler */
    uint64_t ignored;                   /* signals that are ignored by choice */
    uint32_t instances;                 /* in all pending sets of the process */
    struct coco_signal_action *actions; /* COCO_SIGNAL_MAX + 1; NULL while all are the default */
};
