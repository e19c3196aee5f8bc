// SPDX-License-Identifier: MIT
// One thread queues itself with every object it waits for, looks at all of them, sleeps, and leaves
// all queues. What changes an object wakes its queue after the change, so either the look finds the
// change or the wake-up ends the sleep. The look must not sleep: that would use the wake-up up.
#include <object/poll.h>

#define ALWAYS_RETURNED (COCO_EVENT_HANGUP | COCO_EVENT_ERROR)

/// Fill in `returned` everywhere; the number of items where it is not 0.
static size_t look(struct poll_item *items, size_t count)
{
    size_t ready = 0;

    for (size_t i = 0; i < count; i++) {
        struct poll_item *item = &items[i];
        if (item->object != NULL) {
            item->returned = object_events(item->object) & (item->wanted | ALWAYS_RETURNED);
        }
        ready += item->returned != 0;
    }
    return ready;
}

static void enter_queues(struct poll_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct wait_queue *queue =
            items[i].object == NULL ? NULL : object_event_queue(items[i].object);
        items[i].waiter.queue = queue;
        if (queue != NULL) {
            wait_prepare(queue, &items[i].waiter);
        }
    }
}

static void leave_queues(struct poll_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].waiter.queue != NULL) {
            (void)wait_cancel(&items[i].waiter); // all waiters were woken: nobody else needs it
        }
    }
}

enum status poll_wait(struct poll_item *items, size_t count, uint64_t deadline, size_t *ready)
{
    enum status status = OK;

    *ready = look(items, count);
    while (*ready == 0 && status == OK && deadline != 0) {
        enter_queues(items, count);
        *ready = look(items, count);
        if (*ready == 0) {
            status = sched_block(deadline, WAIT_SIGNALS);
        }
        leave_queues(items, count);
        if (*ready == 0) {
            *ready = look(items, count);
        }
    }
    return *ready != 0 || status == ERR_TIMEDOUT ? OK : status;
}
