// SPDX-License-Identifier: MIT
// How threads are scheduled, for the files that make them. Private to task.
#pragma once

#include <arch/spinlock.h>
#include <task/schedule.h>

struct process;
struct thread;

/// Makes a new thread that is not started be scheduled as the current one, if that is a process's.
void schedule_inherit(struct thread *thread);

/// Makes a new thread that is not started one of COCO_SCHEDULE_OTHER.
void schedule_reset(struct thread *thread);

/// A thread is freed.
void schedule_forget(const struct thread *thread);

/// True if there are real-time threads.
bool schedule_some_real_time(void);

/// Finds the process that schedule_get() means by `id`, which the current one may be told of; `out`
/// gets a new reference. ERR_SRCH, ERR_PERM as there.
__must_check enum status schedule_find(uint64_t id, struct process **out);

/// The same, and locks it; schedule_unlock() unlocks it and gives the reference back.
__must_check enum status schedule_lock(uint64_t id, struct process **out, irqflags_t *flags);
void schedule_unlock(struct process *process, irqflags_t flags);

/// Whether a thread of `process` is meant by `id`. The process is locked.
bool schedule_is_meant(const struct process *process, const struct thread *thread, uint64_t id);
