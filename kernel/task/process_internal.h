// SPDX-License-Identifier: MIT
// Making and ending processes; private to task.
#pragma once

#include <task/process.h>

/// Makes a process without address space, handles and threads; one reference, the caller's.
/// ERR_NOMEM; ERR_AGAIN too many processes.
__must_check enum status process_create(struct process **out);

/// Counts a new process in the quota of the current one, and gives it its limits. ERR_AGAIN too
/// many processes; ERR_NOMEM.
__must_check enum status process_charge(struct process *process);
void process_uncharge(struct process *process);

/// Lets `fresh`, which only carries resources, use limits and quota of the current process.
void process_lend_limits(struct process *fresh);

/// Lets the log of a process that has no thread yet go to `log`, of which it gets a reference; NULL
/// changes nothing.
void process_set_log_source(struct process *process, struct object *log, const char *label);

/// Puts a process that has no address space and no thread yet under `policy`, of which it gets a
/// reference, and lowers its limits to what stands there. ERR_NOMEM; ERR_AGAIN too many quotas lie
/// above each other.
__must_check enum status process_confine(struct process *fresh, struct process_policy *policy);

/// The machine's quota, or that of the current process: a reference.
struct quota *process_quota_get(bool machine);

/// Lets the fresh handle table of a process hold what its policy says.
static inline void process_limit_handles(struct process *process)
{
    if (process->policy != NULL) {
        handle_table_set_limit(process->handles, process->policy->handles);
    }
}

/// Makes an address space in the quota of `process`, which then has it, with its limit. ERR_NOMEM.
__must_check enum status process_make_aspace(struct process *process);

/// Bytes of stack for a program that the process runs, whole pages.
uint64_t process_stack_size(const struct process *process);

/// Puts a process into the index by id; takes it out again.
void process_index_add(struct process *process);
void process_index_remove(struct process *process);

/// Prepares the lists of a process that is being made.
void process_family_init(struct process *process);

/// Makes a process that has not run yet a child of the current one; undoes that.
void process_family_add(struct process *child);
void process_family_remove(struct process *child);

/// The children of a process that ends are nobody's any more.
void process_family_leave(struct process *process);

/// Tells the parent of `child`, if it is one, what happened to it: COCO_WAIT_*.
void process_family_report(struct process *child, uint32_t event);

/// A process that is being made is in the current one's group and session, or else in its own.
void process_group_init(struct process *process);

/// Begins a session and a group with a process that has not run yet; puts it into a group of the
/// current session. ERR_PERM: there is no such group.
void process_group_begin(struct process *process);
__must_check enum status process_group_join(struct process *process, uint64_t group);

/// True if no member of the process's group has a parent in another group of the same session.
bool process_group_is_orphaned(const struct process *process);

/// After the end of `process`: groups that are orphaned now, and have members that are stopped, get
/// HANGUP and CONTINUE.
void process_group_orphan(const struct process *process);

/// Notes that a process has replaced its program.
void process_group_mark_replaced(struct process *process);

/// True if `process` was started by the process with id `ancestor`, or by one that descends from
/// it. The chain ends where a process in between is gone.
bool process_descends(const struct process *process, uint64_t ancestor);

/// Notes how many pages an address space had at most that the process is about to lose;
/// aspace_guard is held.
void process_keep_most(struct process *process, struct aspace *aspace);

/// Gives the process another address space; returns the one before. Nobody edits that any more who
/// found it as the process's. Sleeps.
__must_check struct aspace *process_exchange_aspace(struct process *process, struct aspace *aspace);

/// Frees address space (emptied before), handle table and root, as far as they are there.
void process_release_resources(struct process *process);

/// Begins the end of `process` with `status`, unless it is ending already: all threads are told to
/// end, the current one included.
void process_end(struct process *process, const struct coco_exit_status *status);

/// The same with the process's lock held.
void process_end_locked(struct process *process, const struct coco_exit_status *status);

/// Gives a process without threads what `args` say: address space with the program, handles, root,
/// name; `entry` is how its thread is to begin. The current thread has the new address space
/// attached meanwhile. An error, as of process_start(), leaves nothing.
__must_check enum status process_prepare(struct process *process,
                                         const struct process_start_args *args,
                                         struct arch_user_entry *entry);

/// Gives back the pages of a process that has no thread, whose address space is not attached.
void process_unload(struct process *process);

/// Called by the last thread of `process`, which is the current one: gives back address space,
/// handles and root, wakes those who wait for the process.
void process_finish(struct process *process);

/// process_cpu_time() with the process's lock held.
uint64_t process_cpu_time_locked(struct process *process);

/// Adds what `thread`, the current one, has used to what those have that left the process, which is
/// locked.
void cpu_time_leave_locked(struct process *process, const struct thread *thread);

/// The current process has used some time since the last look: it gets the signal CPU at its limit,
/// and each second from then on, and ends at the maximum. Interrupts on.
void cpu_time_check_limit(void);

/// Ends the current user thread because it was cancelled.
__noreturn void thread_end_canceled(void);
