// SPDX-License-Identifier: MIT
// Signals: sending, blocking, waiting, delivery to handlers in user mode.
//
// Dispositions belong to the process, blocked signals to the thread; both may have signals pending.
// Delivery happens on the way to user mode (user_return_check): the registers are saved in a frame
// on the user stack and the thread goes on at the action's entry; signal_return() takes the frame
// back. A thread in a wait that signals interrupt (WAIT_SIGNALS) leaves it with ERR_INTR.
//
// All sets have bit n for signal n. Callers have checked signal numbers: 1..COCO_SIGNAL_MAX.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <arch/trap.h>
#include <base/compiler.h>
#include <base/types.h>

struct process;
struct thread;

/// The set that holds `signal` alone.
static inline uint64_t signal_bit(uint32_t signal)
{
    return 1ull << signal;
}

/// Signals that cannot be caught, ignored or blocked.
#define SIGNAL_UNBLOCKABLE (1ull << COCO_SIGNAL_KILL | 1ull << COCO_SIGNAL_STOP)

/// Sends `info->signal` to `process`: to any of its threads that does not block it, or to be kept
/// until one does not. Nothing happens to a process that is ending. With `queue` the information
/// must not be lost: ERR_AGAIN if it cannot be kept. Does not sleep.
__must_check enum status signal_send_process(struct process *process,
                                             const struct coco_signal_info *info, bool queue);

/// The same for the process with an id. Allowed are the current process itself, those that
/// descend from it through processes that still exist, those of its session, and the one that
/// started it if that one allowed it: otherwise ERR_PERM. ERR_NOTFOUND: there is no such process.
/// Signal 0 only looks.
__must_check enum status signal_send_id(uint64_t id, const struct coco_signal_info *info,
                                        bool queue);

/// The same for all processes of a group, with COCO_SIGNAL_EVERYBODY for all but the current one,
/// that the current one may signal. ERR_NOTFOUND: there is none; ERR_PERM: it may signal none of
/// them.
__must_check enum status signal_send_group(uint64_t group, const struct coco_signal_info *info,
                                           bool queue);

/// The same for one thread of the current process, named by its id; 0 is the calling thread.
/// ERR_NOTFOUND if there is no such thread; signal 0 only looks. Default actions are the whole
/// process's.
__must_check enum status signal_send_thread(uint64_t id, const struct coco_signal_info *info,
                                            bool queue);

/// Replaces the current process's action for a signal by `action`, which may be NULL, and stores
/// the one before in `old`, which may be NULL. ERR_INVAL: the signal cannot be caught, or `entry`
/// lies outside of user space; ERR_NOMEM.
__must_check enum status signal_action(uint32_t signal, const struct coco_signal_action *action,
                                       struct coco_signal_action *old);

/// Changes the current thread's blocked signals: `how` is COCO_SIGNAL_SET, _BLOCK or _UNBLOCK. What
/// cannot be blocked is left out. Returns the set before in `old`. ERR_INVAL: unknown `how`.
__must_check enum status signal_mask(uint32_t how, uint64_t set, uint64_t *old);

/// Signals that wait for the current thread or its process.
uint64_t signal_pending(void);

/// Blocks `set` instead of what is blocked, for one interruptible wait: the set before comes back
/// after the next delivery, or on the way to user mode.
void signal_mask_for_wait(uint64_t set);

/// Whether a signal is to be delivered to the current thread now. If not, its next wait ends for
/// those that come from now on only. A caller that used signal_mask_for_wait() calls
/// signal_mask_end_wait() at its end, on every way.
bool signal_waits(void);
void signal_mask_end_wait(void);

/// Waits, with `set` blocked, until a signal is to be delivered. Always ERR_INTR or ERR_CANCELED.
__must_check enum status signal_suspend(uint64_t set);

/// Takes a pending signal of `set`, the lowest first, blocked or not; waits for one until
/// `deadline` (monotonic ns). ERR_AGAIN when it passed; ERR_INTR: another signal is to be
/// delivered; ERR_CANCELED.
__must_check enum status signal_wait(uint64_t set, uint64_t deadline,
                                     struct coco_signal_info *info);

/// Sets the current thread's stack for actions with COCO_SIGNAL_ON_STACK; size 0 for none.
/// ERR_INVAL: outside of user space.
__must_check enum status signal_stack(uaddr_t base, uint64_t size);

/// Makes the current thread continue as the frame at `frame` says when it leaves the kernel. A bad
/// frame ends the process then.
void signal_return(uaddr_t frame);

/// The system call under way will not start again after the delivery of a signal, whatever the
/// action says; for calls that return ERR_INTR always.
void signal_no_restart(void);

/// Notes an exception of the current thread for delivery as a signal. False if the process has no
/// handler for it, or the thread blocks it: then the exception ends the process. `error_code` is
/// the exception's, with what the kernel knows added.
__must_check bool signal_fault(const struct arch_exception *exception, uint64_t error_code);

/// Delivers what there is to deliver, changing `registers`. Interrupts on.
void signal_deliver(struct arch_registers *registers);

// --- life of processes and threads
// -------------------------------------------------------------------

/// Fills the signal state of a thread that is being made by the current one: it blocks the same.
void signal_thread_init(struct thread *thread);

/// The current thread begins to end: others take over what it was to deliver.
void signal_thread_end(void);

/// Fills the state of a process that is being started: it ignores what the current one does.
void signal_process_init(struct process *process);

/// Takes `set` out of what a process that is being started ignores.
void signal_process_default(struct process *process, uint64_t set);

/// True if nobody is to be told of the end of children of `process`: it ignores CHILD, or its
/// action says NO_CHILD_WAIT.
bool signal_discards_children(struct process *process);

/// Makes `process`, whose first thread will be `thread`, handle signals as the current process and
/// thread do, nothing pending: for a copy of the calling process. Neither runs yet. ERR_NOMEM.
__must_check enum status signal_copy(struct process *process, struct thread *thread);

/// Resets handlers to the default action, as a new program finds it. The process has one thread,
/// the current one.
void signal_reset(void);

/// Keeps the current thread in the kernel as long as its process is stopped and does not end.
void signal_stay_stopped(void);

/// True if some process is stopped.
bool signal_some_stopped(void);

/// Throws away what waits in a process that has ended, and tells the one that started it. Called
/// after whoever waits for the process can see its end.
void signal_process_end(struct process *process);

/// Frees the state of a process that nobody refers to any more.
void signal_process_free(struct process *process);
