// SPDX-License-Identifier: MIT
// Making and unmaking threads; private to task.
#pragma once

#include <task/process.h>
#include <task/thread.h>

/// Counts a new thread in the quota of its process. ERR_AGAIN too many threads; ERR_NOMEM. The
/// other does nothing for a thread that is not counted.
__must_check enum status thread_charge(struct thread *thread, struct process *process);
void thread_uncharge(struct thread *thread);

/// Checks that the addresses of `entry` lie in user space. ERR_INVAL.
__must_check enum status thread_entry_check(const struct arch_user_entry *entry);

/// Makes a user thread of `process` that will begin as `entry` says; not yet in the process's list
/// and not started. Takes a reference to the process. ERR_NOMEM; ERR_AGAIN too many threads.
__must_check enum status thread_create(struct process *process, const struct arch_user_entry *entry,
                                       struct thread **out);

/// Adds a created thread to its process and starts it; the thread gets a reference to itself. On an
/// error it stays as it was. ERR_AGAIN, ERR_CANCELED as thread_start_user.
__must_check enum status thread_launch(struct thread *thread);

/// Throws away a thread that was created but not launched.
void thread_discard(struct thread *thread);

/// Frees stack and register area of an ended thread that is off its CPU, and its own reference.
void thread_release_dead(struct thread *thread);

/// Makes `aspace` (not NULL) the current thread's address space and returns the one it had, for
/// thread_detach_aspace.
struct aspace *thread_attach_aspace(struct aspace *aspace);
void thread_detach_aspace(struct aspace *previous);

/// A number never used before, for processes and threads.
uint64_t task_new_id(void);
