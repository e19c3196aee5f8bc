// SPDX-License-Identifier: MIT
// Receiving: from the own queue, under its lock.
#include <ipc/socket.h>

#include "endpoint.h"
#include "flight.h"

/// A receiving call.
struct receipt {
    struct endpoint *endpoint;
    struct socket_message *message;
    struct list spent; /* packets to free */
    size_t done;       /* bytes stored */
    uint64_t deadline;
};

static struct packet *first_packet(const struct endpoint *endpoint)
{
    return list_first_entry_or_null(&endpoint->packets, struct packet, link);
}

static void lower_used(struct endpoint *endpoint, uint32_t len)
{
    __atomic_store_n(&endpoint->used, endpoint->used - len, __ATOMIC_RELAXED);
}

/// Move a packet's handles, if it has any, to the message. The lock is held.
static void take_handles(struct receipt *receipt, struct packet *packet)
{
    uint32_t before = packet_charge(packet);

    if (packet->handles != NULL) {
        flight_leave(packet->handles, receipt->endpoint);
        receipt->message->handles = packet_take_handles(packet);
        lower_used(receipt->endpoint, before - packet_charge(packet));
    }
}

/// Take a packet out of the queue, whose lock is held.
static void dequeue(struct receipt *receipt, struct packet *packet)
{
    list_remove(&packet->link);
    list_add_tail(&receipt->spent, &packet->link);
    lower_used(receipt->endpoint, packet_charge(packet));
}

/// Receive the first packet as a whole. The lock is held.
static enum status take_whole(struct receipt *receipt)
{
    struct socket_message *message = receipt->message;
    struct packet *packet = first_packet(receipt->endpoint);
    uint64_t room = message->vector.left;
    uint32_t copied;
    enum status status = packet_copy_out(packet, 0, &message->vector, &copied);

    if (status == OK && copied < packet->len && copied < room) {
        status = ERR_FAULT; // the rest of the buffer is not there
    }
    if (status != OK) {
        return status;
    }
    receipt->done = copied;
    message->size = packet->len;
    message->result |= copied < packet->len ? COCO_MESSAGE_TRUNCATED : 0;
    message->result |= packet->end_of_record ? COCO_MESSAGE_END_OF_RECORD : 0;
    message->name = socket_name_get(packet->name);
    if ((message->flags & COCO_SOCKET_RECEIVE_PEEK) == 0) {
        take_handles(receipt, packet);
        dequeue(receipt, packet);
    }
    return OK;
}

/// Copy bytes of a stream without taking them, up to the next handles. The lock is held.
static enum status peek_stream(struct receipt *receipt)
{
    struct user_vector *vector = &receipt->message->vector;
    enum status status = OK;
    struct packet *packet;

    list_for_each_entry(packet, &receipt->endpoint->packets, link)
    {
        uint32_t copied = 0;

        if (vector->left == 0 || (receipt->done > 0 && packet->handles != NULL)) {
            break;
        }
        status = packet_copy_out(packet, packet->taken, vector, &copied);
        receipt->done += copied;
        if (status != OK || packet->taken + copied < packet->len) {
            break;
        }
    }
    return status;
}

/// Take bytes of a stream, up to the next handles. The lock is held.
static enum status take_stream(struct receipt *receipt)
{
    struct user_vector *vector = &receipt->message->vector;
    enum status status = OK;

    while (status == OK && vector->left > 0) {
        struct packet *packet = first_packet(receipt->endpoint);
        uint32_t copied = 0;

        if (packet == NULL || (receipt->done > 0 && packet->handles != NULL)) {
            break;
        }
        status = packet_copy_out(packet, packet->taken, vector, &copied);
        if (status == OK) {
            take_handles(receipt, packet);
            packet->taken += copied;
            receipt->done += copied;
            if (packet->taken == packet->len) {
                dequeue(receipt, packet);
            }
        }
    }
    return status;
}

static enum status take(struct receipt *receipt)
{
    if (receipt->endpoint->type != COCO_SOCKET_STREAM) {
        return take_whole(receipt);
    }
    receipt->message->size = 0;
    return (receipt->message->flags & COCO_SOCKET_RECEIVE_PEEK) != 0 ? peek_stream(receipt)
                                                                     : take_stream(receipt);
}

/// What an empty queue means: OK the end, ERR_AGAIN something may come.
static enum status check_empty(const struct receipt *receipt)
{
    struct endpoint *endpoint = receipt->endpoint;

    if (receipt->done == 0 && endpoint_take_reset(endpoint)) {
        return ERR_CONNRESET;
    }
    if (endpoint_has(endpoint, ENDPOINT_ENDED | ENDPOINT_RESET)) {
        return OK;
    }
    if (endpoint_is_connected_kind(endpoint) && endpoint_state(endpoint) != ENDPOINT_CONNECTED) {
        return ERR_NOTCONN;
    }
    return ERR_AGAIN;
}

/// Tell those who wait for room: senders, and those that poll for it.
static void tell_room(struct endpoint *endpoint)
{
    wait_wake(&endpoint->changed, WAIT_ALL);
    if (!endpoint_is_connected_kind(endpoint)) {
        endpoint_tell_followers(endpoint);
        return;
    }
    struct endpoint *peer = endpoint_peer(endpoint);
    if (peer != NULL) {
        wait_wake(&peer->changed, WAIT_ALL);
        endpoint_put(peer);
    }
}

static void finish(struct receipt *receipt)
{
    if (list_empty(&receipt->spent)) {
        return;
    }
    tell_room(receipt->endpoint);
    for (struct list *link; (link = list_take_first(&receipt->spent)) != NULL;) {
        packet_free(list_entry(link, struct packet, link));
    }
}

/// Whether a stream's receiver goes on after it got some bytes.
static bool wants_more(const struct receipt *receipt)
{
    const struct socket_message *message = receipt->message;
    uint32_t flags = message->flags & (COCO_SOCKET_RECEIVE_ALL | COCO_SOCKET_RECEIVE_PEEK);

    return receipt->endpoint->type == COCO_SOCKET_STREAM && flags == COCO_SOCKET_RECEIVE_ALL &&
           message->vector.left > 0 && message->handles == NULL;
}

/// Take what is there, or with `waiter` wait for it: true, if the call is to be tried again.
/// `*status` is its result otherwise.
static bool step(struct receipt *receipt, struct waiter *waiter, enum status *status)
{
    struct endpoint *endpoint = receipt->endpoint;
    size_t before = receipt->done;

    mutex_lock(&endpoint->lock);
    if (!list_empty(&endpoint->packets)) {
        *status = take(receipt);
        mutex_unlock(&endpoint->lock);
        finish(receipt);
        return *status == OK && receipt->done > before && wants_more(receipt);
    }
    *status = check_empty(receipt);
    bool again = *status == ERR_AGAIN && waiter != NULL;
    if (again) {
        wait_prepare(&endpoint->changed, waiter);
    }
    mutex_unlock(&endpoint->lock);
    if (again) {
        *status = wait_commit_signals(waiter, receipt->deadline);
        *status = *status == ERR_TIMEDOUT ? ERR_AGAIN : *status;
        again = *status == OK;
    }
    return again;
}

enum status socket_receive(struct object *object, struct socket_message *message, size_t *done)
{
    struct receipt receipt = {.endpoint = endpoint_of(object), .message = message};
    bool wait = (message->flags & COCO_SOCKET_RECEIVE_DONT_WAIT) == 0 &&
                (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;
    struct waiter waiter;
    enum status status = OK;

    *done = 0;
    message->handles = NULL;
    message->name = NULL;
    message->size = 0;
    message->result = 0;
    if (receipt.endpoint->type == COCO_SOCKET_STREAM && message->vector.left == 0) {
        return OK;
    }
    list_init(&receipt.spent);
    receipt.deadline =
        endpoint_deadline(__atomic_load_n(&receipt.endpoint->receive_timeout, __ATOMIC_RELAXED));
    while (step(&receipt, wait ? &waiter : NULL, &status)) {
    }
    *done = receipt.done;
    return receipt.done > 0 ? OK : status;
}

enum status socket_read(struct object *object, struct user_out buffer, size_t *done)
{
    const struct coco_buffer part = {buffer.addr.v, buffer.len};
    struct socket_message message = {.vector = {.parts = &part, .count = 1, .left = buffer.len}};

    *done = 0;
    if (buffer.len == 0) {
        return OK;
    }
    enum status status = socket_receive(object, &message, done);
    socket_handles_free(message.handles); // nobody can take them
    socket_name_put(message.name);
    return status;
}
