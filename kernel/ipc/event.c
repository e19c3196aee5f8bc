// SPDX-License-Identifier: MIT
// Events. The queue's own lock guards the bits: a waiter that found none is queued before anybody
// can set one, so no signal is missed. All who wait are woken, as they want different bits; the
// first to get the lock takes what it wants, the others wait on.
#include <ipc/event.h>

#include <mm/heap.h>
#include <object/wait.h>

struct event {
    struct object object;
    struct wait_queue queue;
    uint64_t bits; /* stored atomically */
    bool closed;   /* no handle is left: nobody can signal */
    unsigned cpu;  /* that it is bound to, or OBJECT_UNBOUND; constant */
};

static struct event *event_of(struct object *object)
{
    return container_of(object, struct event, object);
}

enum status event_create(uint64_t bits, unsigned cpu, struct object **out)
{
    struct event *event;
    enum status status = kzalloc_object(&event);

    if (status != OK) {
        return status;
    }
    event->bits = bits;
    event->cpu = cpu;
    wait_queue_init(&event->queue);
    object_init(&event->object, COCO_OBJECT_EVENT);
    *out = &event->object;
    return OK;
}

static void wake_all_locked(struct event *event)
{
    while (!list_empty(&event->queue.waiters)) {
        wait_wake_locked(list_first_entry(&event->queue.waiters, struct waiter, link));
    }
}

void event_signal(struct object *object, uint64_t bits)
{
    struct event *event = event_of(object);
    irqflags_t flags = spin_lock_irqsave(&event->queue.lock);

    __atomic_store_n(&event->bits, event->bits | bits, __ATOMIC_RELAXED);
    wake_all_locked(event);
    spin_unlock_irqrestore(&event->queue.lock, flags);
}

/* Looks once: OK, ERR_CANCELED, or ERR_AGAIN and the waiter is queued. */
static enum status look(struct event *event, uint64_t wanted, bool keep, struct waiter *waiter,
                        uint64_t *found)
{
    irqflags_t flags = spin_lock_irqsave(&event->queue.lock);
    enum status status = OK;

    *found = event->bits & wanted;
    if (*found == 0) {
        status = event->closed ? ERR_CANCELED : ERR_AGAIN;
    } else if (!keep) {
        __atomic_store_n(&event->bits, event->bits & ~*found, __ATOMIC_RELAXED);
    }
    if (status == ERR_AGAIN) {
        wait_prepare_locked(&event->queue, waiter);
    }
    spin_unlock_irqrestore(&event->queue.lock, flags);
    return status;
}

enum status event_wait(struct object *object, uint64_t wanted, bool keep, uint64_t deadline,
                       uint64_t *found)
{
    struct event *event = event_of(object);
    struct waiter waiter;
    enum status status;

    while ((status = look(event, wanted, keep, &waiter, found)) == ERR_AGAIN) {
        status = wait_commit_signals(&waiter, deadline);
        if (status != OK) {
            return status;
        }
    }
    return status;
}

static void event_destroy(struct object *object)
{
    kfree(event_of(object));
}

static void event_close(struct object *object)
{
    struct event *event = event_of(object);
    irqflags_t flags = spin_lock_irqsave(&event->queue.lock);

    __atomic_store_n(&event->closed, true, __ATOMIC_RELAXED);
    wake_all_locked(event);
    spin_unlock_irqrestore(&event->queue.lock, flags);
}

static uint32_t event_events(struct object *object)
{
    const struct event *event = event_of(object);
    uint32_t events = COCO_EVENT_WRITE;

    events |= __atomic_load_n(&event->bits, __ATOMIC_RELAXED) != 0 ? COCO_EVENT_READ : 0;
    events |= __atomic_load_n(&event->closed, __ATOMIC_RELAXED) ? COCO_EVENT_HANGUP : 0;
    return events;
}

static struct wait_queue *event_queue(struct object *object)
{
    return &event_of(object)->queue;
}

static unsigned event_bound_cpu(struct object *object)
{
    return event_of(object)->cpu;
}

const struct object_ops event_object_ops = {
    .name = "event",
    .destroy = event_destroy,
    .on_zero_handles = event_close,
    .bound_cpu = event_bound_cpu,
    .events = event_events,
    .event_queue = event_queue,
};
