// SPDX-License-Identifier: MIT
// Timers, the process's side: making, setting, reading, ending. When they expire is in
// timer_queue.c, their signals in timer_signal.c.
#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>

#include "process_internal.h"
#include "timer_internal.h"

/* No deadline or interval is larger, so that two can be added. */
#define TIME_MAX (1ull << 62)

struct timer *timer_from_object(struct object *object)
{
    return container_of(object, struct timer, object);
}

struct object *timer_object(struct timer *timer)
{
    return &timer->object;
}

/* Disarms the timer for good, so that it cannot expire while it is destroyed: who has a reference
 * may be about to set it. Base locked. */
static void retire_locked(struct timer *timer)
{
    timer_dequeue(timer);
    timer->armed = false;
    timer->generation++;
    __atomic_store_n(&timer->closed, true, __ATOMIC_RELEASE);
}

static void retire(struct timer *timer)
{
    irqflags_t flags = spin_lock_irqsave(&timer->base->lock);

    retire_locked(timer);
    spin_unlock_irqrestore(&timer->base->lock, flags);
}

static void timer_destroy(struct object *object)
{
    struct timer *timer = timer_from_object(object);

    retire(timer);
    if (timer->counted) {
        __atomic_fetch_sub(&timer->process->timer_count, 1, __ATOMIC_RELAXED);
    }
    object_put(&timer->process->object);
    if (timer->clock_thread != NULL) {
        object_put(&timer->clock_thread->object);
    }
    kfree(timer);
}

/* Nobody can ask for the timer any more. A signal that waits already is still taken. */
static void timer_closed(struct object *object)
{
    struct timer *timer = timer_from_object(object);

    retire(timer);
    wait_wake(&timer->waiters, WAIT_ALL);
}

static uint32_t timer_events(struct object *object)
{
    const struct timer *timer = timer_from_object(object);
    uint32_t events = __atomic_load_n(&timer->expired, __ATOMIC_ACQUIRE) ? COCO_EVENT_READ : 0;

    return __atomic_load_n(&timer->closed, __ATOMIC_ACQUIRE) ? events | COCO_EVENT_HANGUP : events;
}

static struct wait_queue *timer_event_queue(struct object *object)
{
    return &timer_from_object(object)->waiters;
}

const struct object_ops timer_object_ops = {
    .name = "timer",
    .stays = true,
    .destroy = timer_destroy,
    .on_zero_handles = timer_closed,
    .events = timer_events,
    .event_queue = timer_event_queue,
};

static bool count_in(struct process *process)
{
    if (__atomic_add_fetch(&process->timer_count, 1, __ATOMIC_RELAXED) <= COCO_TIMER_MAX) {
        return true;
    }
    __atomic_fetch_sub(&process->timer_count, 1, __ATOMIC_RELAXED);
    return false;
}

/* A timer with one reference that holds its process and, for its clock, thread. */
static enum status make(const struct timer_options *options, struct timer **out)
{
    struct thread *thread = thread_current();
    struct timer *timer;
    enum status status = kzalloc_object(&timer);

    if (status != OK) {
        return status;
    }
    timer->process = thread->process;
    timer->clock = options->clock;
    timer->notify = options->notify;
    timer->clock_thread = options->clock == COCO_CLOCK_THREAD ? thread : NULL;
    timer->target = options->notify == COCO_TIMER_THREAD ? options->thread : 0;
    timer->instance.timer = timer;
    timer->instance.info = (struct coco_signal_info){
        .signal = options->signal,
        .code = COCO_SIGNAL_FROM_TIMER,
        .value = options->value,
        .vector = options->tag,
    };
    status = timer_base_find(timer);
    if (status != OK) {
        kfree(timer);
        return status;
    }
    list_init(&timer->job_link);
    wait_queue_init(&timer->waiters);
    object_init(&timer->object, COCO_OBJECT_TIMER);
    CHECK(object_get(&timer->process->object), "process of a running thread is gone");
    if (timer->clock_thread != NULL) {
        CHECK(object_get(&thread->object), "running thread is gone");
    }
    *out = timer;
    return OK;
}

static bool options_valid(const struct timer_options *options)
{
    if (options->clock > COCO_CLOCK_THREAD || options->notify > COCO_TIMER_THREAD) {
        return false;
    }
    if (options->notify == COCO_TIMER_NOTHING) {
        return true;
    }
    if (options->signal == 0 || options->signal > COCO_SIGNAL_MAX) {
        return false;
    }
    return options->notify != COCO_TIMER_THREAD || signal_thread_exists(options->thread);
}

enum status timer_create(const struct timer_options *options, struct timer **out)
{
    struct timer_options known = *options;
    enum status status;

    if (known.notify == COCO_TIMER_THREAD && known.thread == 0) {
        known.thread = thread_current()->id;
    }
    if (!options_valid(&known)) {
        return ERR_INVAL;
    }
    if (!count_in(process_current())) {
        return ERR_AGAIN;
    }
    status = make(&known, out);
    if (status != OK) {
        __atomic_fetch_sub(&process_current()->timer_count, 1, __ATOMIC_RELAXED);
        return status;
    }
    (*out)->counted = true;
    return OK;
}

/* Base locked. `now` is of the timer's clock. */
static void state_fill(const struct timer *timer, uint64_t now, struct coco_timer_state *state)
{
    *state = (struct coco_timer_state){
        .interval = timer->interval,
        .overruns = __atomic_load_n(&timer->overruns, __ATOMIC_RELAXED),
    };
    if (timer->expired) {
        state->expirations = 1;
    }
    if (timer->armed && timer->deadline > now) {
        state->remaining = timer->deadline - now;
    } else if (timer->armed && timer->queued) {
        state->remaining = 1; /* about to expire */
    } else if (timer->armed) {
        uint64_t missed = (now - timer->deadline) / timer->interval;

        state->remaining = timer->interval - (now - timer->deadline) % timer->interval;
        state->expirations += timer->expired ? missed : 0;
    }
}

/* The expirations that were told are over. Base locked; true if the timer was armed again. */
static bool consume_expired(struct timer *timer, const struct coco_timer_state *told)
{
    if (!timer->expired) {
        return false;
    }
    __atomic_store_n(&timer->expired, false, __ATOMIC_RELEASE);
    if (!timer->armed || timer->queued) {
        return false;
    }
    timer_enqueue(timer, timer->deadline + told->expirations * timer->interval);
    return true;
}

static bool is_wall_clock(const struct timer *timer)
{
    return timer->clock == COCO_CLOCK_REALTIME || timer->clock == COCO_CLOCK_MONOTONIC;
}

/* The timer's clock, base locked. `used`: what used_time() gave before the lock, because a
 * process's time is found under a lock that comes later. */
static uint64_t now_of(const struct timer *timer, uint64_t used)
{
    return is_wall_clock(timer) ? timer_now(timer) : used;
}

static uint64_t used_time(const struct timer *timer)
{
    return is_wall_clock(timer) ? 0 : timer_now(timer);
}

void timer_get(struct timer *timer, bool consume, struct coco_timer_state *state)
{
    uint64_t used = used_time(timer);
    irqflags_t flags = spin_lock_irqsave(&timer->base->lock);
    bool queued;

    state_fill(timer, now_of(timer, used), state);
    queued = consume && consume_expired(timer, state);
    spin_unlock_irqrestore(&timer->base->lock, flags);
    if (queued) {
        timer_base_changed(timer);
    }
}

bool timer_set(struct timer *timer, uint64_t value, uint64_t interval, bool absolute,
               struct coco_timer_state *old)
{
    uint8_t tree =
        timer->clock == COCO_CLOCK_REALTIME && absolute ? TIMER_TREE_REALTIME : TIMER_TREE_PLAIN;
    uint64_t deadline = MIN(value, TIME_MAX);
    uint64_t used = used_time(timer);
    irqflags_t flags = spin_lock_irqsave(&timer->base->lock);
    bool closed = timer->closed;
    bool armed = value != 0 && !closed;

    state_fill(timer, now_of(timer, used), old);
    if (!closed) {
        timer_dequeue(timer);
        timer->tree = tree;
        timer->generation++;
        timer->interval = MIN(interval, TIME_MAX);
        timer->armed = armed;
        __atomic_store_n(&timer->expired, false, __ATOMIC_RELEASE);
    }
    if (armed) {
        timer_enqueue(timer, deadline + (absolute ? 0 : now_of(timer, used)));
    }
    spin_unlock_irqrestore(&timer->base->lock, flags);
    if (armed) {
        timer_base_changed(timer);
    }
    return !closed;
}

/* The process's interval timer, if there is one, with a new reference. */
static struct timer *interval_find(struct process *process, uint32_t which)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    struct timer *timer = process->interval_timers[which];

    if (timer != NULL) {
        CHECK(object_get(&timer->object), "interval timer without a reference");
    }
    spin_unlock_irqrestore(&process->lock, flags);
    return timer;
}

/* Puts `timer` where `expected` is, or NULL, and returns whether it was. */
static bool interval_exchange(struct process *process, uint32_t which, struct timer *expected,
                              struct timer *timer)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool same = process->interval_timers[which] == expected;

    if (same) {
        process->interval_timers[which] = timer;
    }
    spin_unlock_irqrestore(&process->lock, flags);
    return same;
}

static enum status interval_make(struct process *process, uint32_t which, struct timer **out)
{
    static const struct {
        uint32_t clock;
        uint32_t signal;
    } kinds[COCO_INTERVAL_COUNT] = {
        [COCO_INTERVAL_REAL] = {COCO_CLOCK_MONOTONIC, COCO_SIGNAL_ALARM},
        [COCO_INTERVAL_VIRTUAL] = {COCO_CLOCK_PROCESS, COCO_SIGNAL_VIRTUAL_ALARM},
        [COCO_INTERVAL_PROFILE] = {COCO_CLOCK_PROCESS, COCO_SIGNAL_PROFILE},
    };
    const struct timer_options options = {
        .clock = kinds[which].clock,
        .notify = COCO_TIMER_PROCESS,
        .signal = kinds[which].signal,
    };
    enum status status = make(&options, out);

    if (status == OK) {
        CHECK(object_get(&(*out)->object), "new timer without a reference");
        if (!interval_exchange(process, which, NULL, *out)) {
            object_put(&(*out)->object); /* another thread was faster */
            object_put(&(*out)->object);
            *out = NULL;
        }
    }
    return status;
}

/* Takes the timer out of its place, so that the next one that is set is new, and ends it. False if
 * another thread was faster. */
static bool interval_end(struct process *process, uint32_t which, struct timer *timer,
                         struct coco_timer_state *old)
{
    if (!interval_exchange(process, which, timer, NULL)) {
        return false;
    }
    uint64_t used = used_time(timer);
    irqflags_t flags = spin_lock_irqsave(&timer->base->lock);

    state_fill(timer, now_of(timer, used), old);
    retire_locked(timer);
    spin_unlock_irqrestore(&timer->base->lock, flags);
    object_put(&timer->object);
    return true;
}

enum status timer_interval_set(uint32_t which, uint64_t value, uint64_t interval,
                               struct coco_timer_state *old)
{
    struct process *process = process_current();
    bool done = false;

    while (!done) {
        struct timer *timer = interval_find(process, which);

        *old = (struct coco_timer_state){0};
        if (timer == NULL && value == 0) {
            return OK;
        }
        if (timer == NULL) {
            enum status status = interval_make(process, which, &timer);

            if (status != OK) {
                return status;
            }
        }
        if (timer != NULL) {
            done = value == 0 ? interval_end(process, which, timer, old)
                              : timer_set(timer, value, interval, false, old);
            object_put(&timer->object);
        }
    }
    return OK;
}

void timer_interval_get(uint32_t which, struct coco_timer_state *state)
{
    struct timer *timer = interval_find(process_current(), which);

    *state = (struct coco_timer_state){0};
    if (timer != NULL) {
        timer_get(timer, false, state);
        object_put(&timer->object);
    }
}

void timer_process_end(struct process *process)
{
    for (unsigned i = 0; i < COCO_INTERVAL_COUNT; i++) {
        struct timer *timer = process->interval_timers[i];

        process->interval_timers[i] = NULL;
        if (timer != NULL) {
            retire(timer);
            object_put(&timer->object);
        }
    }
}
