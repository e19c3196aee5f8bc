// SPDX-License-Identifier: MIT
// Shared by the files that make up signals. Everything here wants the process lock held.
#pragma once

#include <task/process.h>
#include <task/signal.h>
#include <task/thread.h>

/// One signal that waits, with what is known about it.
struct signal_instance {
    struct list link;
    struct coco_signal_info info;
    struct timer *timer; /* whose the instance is; NULL: allocated, and freed when it was taken */
};

enum signal_disposition {
    SIGNAL_DISCARD,
    SIGNAL_END, /* the process, with reason KILLED */
    SIGNAL_STOP,
    SIGNAL_CATCH,
};

/// What happens to a signal that is not blocked.
enum signal_disposition signal_disposition(const struct process *process, uint32_t signal);

/// Takes the first instance of the lowest signal in `set`, out of the thread's own set or else the
/// process's. False if none waits. `*instance` is to be given to signal_instance_free() by the
/// caller, without the lock; may be NULL.
bool signal_take(struct thread *thread, uint64_t set, struct coco_signal_info *info,
                 struct signal_instance **instance);

/// Takes all instances of the signals in `set` out of `pending` and puts them into `garbage`, for
/// signal_free_list().
void signal_discard(struct process *process, struct signal_pending *pending, uint64_t set,
                    struct list *garbage);

/// The same for the process and all its threads.
void signal_discard_everywhere(struct process *process, uint64_t set, struct list *garbage);

/// Signals that stop a process by default. All but STOP are dropped in orphaned groups.
#define SIGNAL_STOPPING                                                                            \
    (1ull << COCO_SIGNAL_STOP | 1ull << COCO_SIGNAL_TERMINAL_STOP |                                \
     1ull << COCO_SIGNAL_TERMINAL_IN | 1ull << COCO_SIGNAL_TERMINAL_OUT)
#define SIGNAL_TERMINAL_STOPPING (SIGNAL_STOPPING & ~(1ull << COCO_SIGNAL_STOP))

/// What the arrival of a signal changes at once, whoever takes it: CONTINUE continues and takes
/// back what would stop, and the other way round. Returns the event to report, or 0.
__must_check uint32_t signal_arrives(struct process *process, uint32_t signal,
                                     struct list *garbage);

/// Stops the process. Returns the event to report, 0 if it is stopped already.
__must_check uint32_t signal_stop(struct process *process, uint32_t signal);

/// `process`, which has ended, does not count as stopped any more. Without the lock.
void signal_stop_forget(struct process *process);

/// Tells the parent, by wait and by signal, of an event: COCO_WAIT_STOPPED, CONTINUED; 0 for none.
/// Without the lock.
void signal_report(struct process *process, uint32_t event);

/// Frees an instance that was taken, or gives it back to its timer; NULL is passed over. Without
/// the lock.
void signal_instance_free(struct signal_instance *instance);

/// Sends a timer's signal to the thread with id `target`, or to the process for 0. False if nobody
/// will take it; otherwise the instance waits. Not a signal that stops or continues. Process
/// locked. Does not allocate; any context.
__must_check bool signal_post_instance(struct process *process, uint64_t target,
                                       struct signal_instance *instance);

/// The same for any signal, from a thread that holds no lock.
__must_check bool signal_send_instance(struct process *process, uint64_t target,
                                       struct signal_instance *instance);

/// The rule of who may signal whom by id: itself, what descends from it, those of its session, and
/// who started it if that one allowed it. No lock needed.
__must_check bool signal_may_send(const struct process *sender, const struct process *target);

/// Whether a thread of the current process has an id. Takes the lock itself.
__must_check bool signal_thread_exists(uint64_t id);

/// Frees what signal_discard() collected. Without the lock.
void signal_free_list(struct list *garbage);

/// Sets what `thread`, the current one, blocks; signals of the process that it leaves to others
/// wake one of them.
void signal_set_blocked(struct process *process, struct thread *thread, uint64_t set);

/// Signals that would be taken by `thread` now.
static inline uint64_t signal_deliverable(const struct process *process,
                                          const struct thread *thread)
{
    return (process->signals.pending.set | thread->signals.pending.set) & ~thread->signals.blocked;
}
