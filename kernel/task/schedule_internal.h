// SPDX-License-Identifier: MIT
// How threads are scheduled, for the files that make them. Private to task.
#pragma once

#include <task/schedule.h>

struct thread;

/// Makes a new thread that is not started be scheduled as the current one, if that is a process's.
void schedule_inherit(struct thread *thread);

/// Makes a new thread that is not started one of COCO_SCHEDULE_OTHER.
void schedule_reset(struct thread *thread);

/// A thread is freed.
void schedule_forget(const struct thread *thread);

/// True if there are real-time threads.
bool schedule_some_real_time(void);
