// SPDX-License-Identifier: MIT
// Message queues: content.
#include <ipc/mqueue.h>

#include "mqueue_private.h"
#include "packet.h"

/// Why a message cannot go in now. ERR_AGAIN: there is no room.
static enum status put_locked(struct mqueue *queue, struct packet *packet)
{
    struct packet *after;
    struct list *place = &queue->messages;

    if (queue->count >= queue->message_max) {
        return ERR_AGAIN;
    }
    // Behind the last one that is not less urgent.
    for (struct list *at = queue->messages.prev; at != &queue->messages; at = at->prev) {
        after = list_entry(at, struct packet, link);
        if (after->priority >= packet->priority) {
            break;
        }
        place = at;
    }
    list_link(&packet->link, place->prev, place);
    __atomic_store_n(&queue->count, queue->count + 1, __ATOMIC_RELAXED);
    return OK;
}

static bool waits(const struct object *object)
{
    return (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;
}

/// Put a packet in, waiting for room.
static enum status put(struct object *object, struct packet *packet,
                       const struct mqueue_message *message)
{
    struct mqueue *queue = mqueue_handle_of(object)->queue;

    for (;;) {
        struct mqueue_registration *told = NULL;
        struct waiter waiter;

        mutex_lock(&queue->lock);
        enum status status = put_locked(queue, packet);
        if (status == OK) {
            if (queue->count == 1 && queue->receivers == 0) {
                told = mqueue_registration_take(queue);
            }
            mutex_unlock(&queue->lock);
            wait_wake(&queue->changed, WAIT_ALL);
            mqueue_registration_fire(told, message->process);
            return OK;
        }
        if (!waits(object)) {
            mutex_unlock(&queue->lock);
            return status;
        }
        wait_prepare(&queue->changed, &waiter);
        mutex_unlock(&queue->lock);
        status = wait_commit_signals(&waiter, message->deadline);
        if (status != OK) {
            return status;
        }
    }
}

enum status mqueue_send(struct object *object, const struct mqueue_message *message)
{
    const struct mqueue *queue = mqueue_handle_of(object)->queue;
    const struct coco_buffer part = {message->bytes.addr.v, message->bytes.len};
    struct user_vector vector = {.parts = &part, .count = 1, .left = part.length};
    struct packet *packet;

    if (message->priority >= COCO_MQUEUE_PRIORITIES) {
        return ERR_INVAL;
    }
    if (message->bytes.len > queue->size_max) {
        return ERR_MSGSIZE;
    }
    enum status status = packet_create(&vector, (uint32_t)message->bytes.len, NULL, &packet);
    if (status != OK) {
        return status;
    }
    packet->priority = message->priority;
    status = put(object, packet, message);
    if (status != OK) {
        packet_free(packet);
    }
    return status;
}

/// Copy the next message out and take it. The queue is locked. ERR_AGAIN: there is none.
static enum status take_locked(struct mqueue *queue, struct user_out buffer, struct packet **out)
{
    const struct coco_buffer part = {buffer.addr.v, buffer.len};
    struct user_vector vector = {.parts = &part, .count = 1, .left = part.length};
    struct packet *packet = list_first_entry_or_null(&queue->messages, struct packet, link);
    uint32_t copied = 0;

    *out = NULL;
    if (packet == NULL) {
        return ERR_AGAIN;
    }
    enum status status = packet_copy_out(packet, 0, &vector, &copied);
    if (status == OK && copied < packet->len) {
        status = ERR_FAULT; // the buffer is large enough, but not all there
    }
    if (status == OK) {
        list_remove(&packet->link);
        __atomic_store_n(&queue->count, queue->count - 1, __ATOMIC_RELAXED);
        *out = packet;
    }
    return status;
}

/// Take a message, waiting for it.
static enum status take(struct object *object, struct user_out buffer, uint64_t deadline,
                        struct packet **out)
{
    struct mqueue *queue = mqueue_handle_of(object)->queue;

    for (;;) {
        struct waiter waiter;

        mutex_lock(&queue->lock);
        enum status status = take_locked(queue, buffer, out);
        if (status != ERR_AGAIN || !waits(object)) {
            mutex_unlock(&queue->lock);
            return status;
        }
        queue->receivers++;
        wait_prepare(&queue->changed, &waiter);
        mutex_unlock(&queue->lock);
        status = wait_commit_signals(&waiter, deadline);
        mutex_lock(&queue->lock);
        queue->receivers--;
        mutex_unlock(&queue->lock);
        if (status != OK) {
            return status;
        }
    }
}

enum status mqueue_receive(struct object *object, struct user_out buffer, uint64_t deadline,
                           uint32_t *len, uint32_t *priority)
{
    struct mqueue *queue = mqueue_handle_of(object)->queue;
    struct packet *packet;

    if (buffer.len < queue->size_max) {
        return ERR_MSGSIZE;
    }
    enum status status = take(object, buffer, deadline, &packet);
    if (status == OK) {
        *len = packet->len;
        *priority = packet->priority;
        packet_free(packet);
        wait_wake(&queue->changed, WAIT_ALL);
    }
    return status;
}

void mqueue_free_messages(struct mqueue *queue)
{
    for (struct list *link; (link = list_take_first(&queue->messages)) != NULL;) {
        packet_free(list_entry(link, struct packet, link));
    }
}

void mqueue_info(struct object *object, struct coco_mqueue_info *out)
{
    const struct mqueue *queue = mqueue_handle_of(object)->queue;

    *out = (struct coco_mqueue_info){
        .message_max = queue->message_max,
        .size_max = queue->size_max,
        .messages = __atomic_load_n(&queue->count, __ATOMIC_RELAXED),
        .status_flags = object_status_flags(object),
    };
}
