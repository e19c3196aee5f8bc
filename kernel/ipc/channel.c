// SPDX-License-Identifier: MIT
// Channels and connections as objects: making them, their end, their events. Exchanges are in
// channel_call.c.
#include <ipc/channel.h>

#include <base/check.h>
#include <mm/heap.h>

#include "channel_internal.h"

enum status channel_create(struct object **out)
{
    struct channel *channel;
    enum status status = kzalloc_object(&channel);

    if (status != OK) {
        return status;
    }
    list_init(&channel->callers);
    list_init(&channel->served);
    list_init(&channel->receivers);
    list_init(&channel->gone);
    wait_queue_init(&channel->events);
    object_init(&channel->object, COCO_OBJECT_CHANNEL);
    *out = &channel->object;
    return OK;
}

enum status channel_connect(struct object *object, uint64_t badge, uint32_t flags,
                            struct object **out)
{
    struct channel *channel = channel_of(object);
    struct connection *connection;
    enum status status = kzalloc_object(&connection);

    if (status != OK) {
        return status;
    }
    object_get_held(object);
    connection->channel = channel;
    connection->badge = badge;
    connection->notify = (flags & COCO_CONNECT_NOTIFY_CLOSE) != 0;
    object_init(&connection->object, COCO_OBJECT_CONNECTION);
    *out = &connection->object;
    return OK;
}

static void channel_destroy(struct object *object)
{
    kfree(channel_of(object));
}

static void connection_destroy(struct object *object)
{
    struct connection *connection = connection_of(object);

    object_put(&connection->channel->object);
    kfree(connection);
}

/* Ends one wait, of any kind. False if nobody waits. Lock held. */
static bool cancel_one(struct channel *channel)
{
    struct list *waiting = !list_empty(&channel->callers) ? &channel->callers : &channel->served;

    if (!list_empty(waiting)) {
        call_finish(list_first_entry(waiting, struct channel_call, link), ERR_CANCELED);
        return true;
    }
    if (!list_empty(&channel->receivers)) {
        receiver_finish(list_first_entry(&channel->receivers, struct channel_receiver, link),
                        ERR_CANCELED);
        return true;
    }
    return false;
}

static struct connection *take_gone(struct channel *channel)
{
    irqflags_t flags = spin_lock_irqsave(&channel->lock);
    struct list *link = list_take_first(&channel->gone);

    spin_unlock_irqrestore(&channel->lock, flags);
    return link == NULL ? NULL : list_entry(link, struct connection, gone_link);
}

/* The last handle has gone. There may be many waits: the lock is taken anew for each. */
static void channel_close(struct object *object)
{
    struct channel *channel = channel_of(object);
    struct connection *connection;
    bool more;

    do {
        irqflags_t flags = spin_lock_irqsave(&channel->lock);

        channel->closed = true;
        more = cancel_one(channel);
        spin_unlock_irqrestore(&channel->lock, flags);
    } while (more);
    while ((connection = take_gone(channel)) != NULL) {
        object_put(&connection->object);
    }
    wait_wake(&channel->events, WAIT_ALL);
}

/* Cancels one call that came through `connection` and was not received. False if there is none.
 * Lock held. */
static bool cancel_call_of(struct channel *channel, const struct connection *connection)
{
    struct channel_call *call;

    list_for_each_entry(call, &channel->callers, link)
    {
        if (call->connection == connection) {
            call_finish(call, ERR_CANCELED);
            return true;
        }
    }
    return false;
}

/* Tells a receiver, or leaves word for the next one. Lock held. True if word was left. */
static bool announce_end(struct channel *channel, struct connection *connection)
{
    if (!list_empty(&channel->receivers)) {
        struct channel_receiver *receiver =
            list_first_entry(&channel->receivers, struct channel_receiver, link);

        receiver_tell_gone(receiver->state, connection);
        receiver_finish(receiver, OK);
        return false;
    }
    if (!object_get(&connection->object)) {
        return false;
    }
    list_add_tail(&channel->gone, &connection->gone_link);
    channel_count_pending(channel, 1);
    return true;
}

static void connection_close(struct object *object)
{
    struct connection *connection = connection_of(object);
    struct channel *channel = connection->channel;
    bool left = false;
    bool more;

    do {
        irqflags_t flags = spin_lock_irqsave(&channel->lock);

        more = cancel_call_of(channel, connection);
        if (!more && connection->notify && !connection->closed && !channel->closed) {
            left = announce_end(channel, connection);
        }
        connection->closed = connection->closed || !more;
        spin_unlock_irqrestore(&channel->lock, flags);
    } while (more);
    if (left) {
        wait_wake(&channel->events, WAIT_ALL);
    }
}

static uint32_t channel_events(struct object *object)
{
    uint32_t pending = __atomic_load_n(&channel_of(object)->pending, __ATOMIC_RELAXED);

    return pending > 0 ? COCO_EVENT_READ : 0;
}

static struct wait_queue *channel_event_queue(struct object *object)
{
    return &channel_of(object)->events;
}

static uint32_t connection_events(struct object *object)
{
    const struct channel *channel = connection_of(object)->channel;

    return __atomic_load_n(&channel->closed, __ATOMIC_RELAXED) ? COCO_EVENT_HANGUP : 0;
}

static struct wait_queue *connection_event_queue(struct object *object)
{
    return &connection_of(object)->channel->events;
}

const struct object_ops channel_object_ops = {
    .name = "channel",
    .destroy = channel_destroy,
    .on_zero_handles = channel_close,
    .events = channel_events,
    .event_queue = channel_event_queue,
};

const struct object_ops connection_object_ops = {
    .name = "connection",
    .destroy = connection_destroy,
    .on_zero_handles = connection_close,
    .events = connection_events,
    .event_queue = connection_event_queue,
};
