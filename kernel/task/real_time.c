// SPDX-License-Identifier: MIT
#include "real_time.h"

#include <base/math.h>

#include "run_queue.h"
#include "timer_internal.h"

#define REAL_TIME_MAP (((1ull << COCO_SCHEDULE_PRIORITY_MAX) - 1) << THREAD_PRIORITY_REAL_TIME)

_Static_assert(THREAD_PRIORITY_REAL_TIME + COCO_SCHEDULE_PRIORITY_MAX <= THREAD_PRIORITY_KERNEL,
               "the kernel's threads run before all others");
_Static_assert(THREAD_PRIORITY_USER < THREAD_PRIORITY_REAL_TIME, "real-time threads run first");

void real_time_init(struct run_queue *queue)
{
    queue->real_time = (struct real_time_share){.look_at = TIMER_NEVER};
}

unsigned real_time_rank(const struct run_queue *queue, const struct thread *thread)
{
    return unlikely(queue->real_time.held) && thread_is_real_time(thread) ? 0 : thread->priority;
}

/* The running thread, if `real_time`, has used the time up to `now`. */
static void count(struct real_time_share *share, bool real_time, uint64_t now)
{
    if (real_time && now > share->since) {
        share->used += now - share->since;
    }
    share->since = now;
}

static void begin_period(struct run_queue *queue, uint64_t now)
{
    struct real_time_share *share = &queue->real_time;

    share->used = 0;
    share->end = now + COCO_SCHEDULE_PERIOD;
    if (share->held) {
        share->held = false;
        __atomic_store_n(&queue->ready_map, queue->ready_map | share->held_map, __ATOMIC_RELAXED);
        share->held_map = 0;
    }
}

static void hold(struct run_queue *queue)
{
    struct real_time_share *share = &queue->real_time;

    share->held = true;
    share->held_map = queue->ready_map & REAL_TIME_MAP;
    __atomic_store_n(&queue->ready_map, queue->ready_map & ~REAL_TIME_MAP, __ATOMIC_RELAXED);
}

/* `running` has the CPU from now on. */
static void set_look(struct run_queue *queue, const struct thread *running)
{
    struct real_time_share *share = &queue->real_time;
    bool real_time = thread_is_real_time(running);

    share->look_at = TIMER_NEVER;
    if (share->held) {
        share->look_at = share->end;
    } else if (real_time) {
        share->look_at = share->since + COCO_SCHEDULE_SHARE - MIN(share->used, COCO_SCHEDULE_SHARE);
    }
    __atomic_store_n(&share->level, real_time ? running->priority : 0, __ATOMIC_RELAXED);
}

void real_time_switch(struct run_queue *queue, const struct thread *previous,
                      const struct thread *next, uint64_t now)
{
    struct real_time_share *share = &queue->real_time;

    count(share, thread_is_real_time(previous), now);
    if (now >= share->end && (share->held || thread_is_real_time(next))) {
        begin_period(queue, now);
    }
    set_look(queue, next);
    /* A turn that was begun by another kind of thread does not count for this one. */
    queue->slice_end = MIN(queue->slice_end, now + next->slice);
}

void real_time_changed(struct run_queue *queue, bool was, uint64_t now)
{
    struct real_time_share *share = &queue->real_time;

    count(share, was, now);
    if (now >= share->end && thread_is_real_time(queue->current)) {
        begin_period(queue, now);
    }
    set_look(queue, queue->current);
}

void real_time_look(struct run_queue *queue, uint64_t now)
{
    struct real_time_share *share = &queue->real_time;
    struct thread *running = queue->current;

    if (likely(now < share->look_at)) {
        return;
    }
    count(share, thread_is_real_time(running), now);
    if (now >= share->end) {
        begin_period(queue, now);
    } else if (share->used >= COCO_SCHEDULE_SHARE) {
        hold(queue);
    }
    set_look(queue, running);
    if (running != &queue->idle && run_queue_has(queue, real_time_rank(queue, running) + 1)) {
        queue->need_resched = true;
        arch_thread_request_work(&running->arch);
    }
}
