// SPDX-License-Identifier: MIT
// The share of a CPU that real-time threads may take from others: COCO_SCHEDULE_SHARE of each
// COCO_SCHEDULE_PERIOD. When it is used up and others are ready, real-time threads are held back
// until the period ends: the queue takes them last. Private to task; all with the queue locked.
#pragma once

#include <base/types.h>

struct run_queue;
struct thread;

struct real_time_share {
    bool held;         /* the share is used up */
    uint8_t level;     /* priority of the real-time thread that runs, or 0; read without the lock */
    uint64_t held_map; /* as the queue's ready_map: those that are held back */
    uint64_t used;     /* ns in this period, up to `since` */
    uint64_t since;    /* when the running one's time was last counted */
    uint64_t end;      /* of the period */
    uint64_t look_at;  /* when to look again: the share, or the period, ends; or TIMER_NEVER */
};

/// Nobody has used anything.
void real_time_init(struct run_queue *queue);

/// `next` gets the CPU after `previous`; one of them is not of THREAD_PRIORITY_USER. The caller
/// arms the timer afterwards.
void real_time_switch(struct run_queue *queue, const struct thread *previous,
                      const struct thread *next, uint64_t now);

/// The running thread changed its priority; `was`: it was a real-time thread before.
void real_time_changed(struct run_queue *queue, bool was, uint64_t now);

/// Called by the CPU's timer interrupt: holds back, or lets go, if it is time.
void real_time_look(struct run_queue *queue, uint64_t now);

/// The priority that counts now: 0 for a real-time thread that is held back.
unsigned real_time_rank(const struct run_queue *queue, const struct thread *thread);
