// SPDX-License-Identifier: MIT
// Sending. A packet is made without any lock, then put into the receiver's queue as soon as that
// has room for it.
#include <ipc/socket.h>

#include <base/check.h>
#include <base/math.h>

#include "endpoint.h"
#include "flight.h"

/// A stream's bytes go in pieces of at most this length.
#define STREAM_PIECE 32768u
/// Less room than this is waited for: the room with which a socket is ready to be written.
#define STREAM_PIECE_MIN COCO_PIPE_BUF

/// A sending call.
struct transfer {
    struct endpoint *from;
    struct endpoint *to; /* one reference; NULL when there is none any more */
    uint64_t deadline;
    bool wait;
};

/// Why `from` cannot send at all now.
static enum status check_sender(struct endpoint *from)
{
    if (endpoint_take_reset(from)) {
        return ERR_CONNRESET;
    }
    if (endpoint_has(from, ENDPOINT_MUTE)) {
        return ERR_PIPE;
    }
    return OK;
}

/// Put a packet into the queue. The receiver is locked. ERR_AGAIN: no room.
static enum status enqueue(const struct transfer *transfer, struct packet *packet)
{
    struct endpoint *to = transfer->to;
    uint32_t charge = packet_charge(packet);

    if (endpoint_has(to, ENDPOINT_CLOSED) && to->type == COCO_SOCKET_DATAGRAM) {
        return ERR_CONNREFUSED;
    }
    if (to->type == COCO_SOCKET_DATAGRAM && !endpoint_accepts_from(to, transfer->from)) {
        return ERR_PERM;
    }
    if (endpoint_has(to, ENDPOINT_DEAF) || endpoint_has(transfer->from, ENDPOINT_MUTE)) {
        return ERR_PIPE;
    }
    uint32_t limit = endpoint_limit(transfer->from, to);
    if (to->used != 0 && (to->used >= limit || limit - to->used < charge)) {
        return ERR_AGAIN;
    }
    enum status status = flight_enter(packet->handles, to);
    if (status == OK) {
        list_add_tail(&to->packets, &packet->link);
        __atomic_store_n(&to->used, to->used + charge, __ATOMIC_RELAXED);
    }
    return status;
}

/// Put a packet into the receiver's queue, waiting for room if the call waits.
static enum status deliver(const struct transfer *transfer, struct packet *packet)
{
    struct endpoint *to = transfer->to;

    for (;;) {
        struct waiter waiter;

        mutex_lock(&to->lock);
        enum status status = enqueue(transfer, packet);
        if (status != ERR_AGAIN || !transfer->wait) {
            mutex_unlock(&to->lock);
            if (status == OK) {
                wait_wake(&to->changed, WAIT_ALL);
            }
            return status;
        }
        wait_prepare(&to->changed, &waiter);
        mutex_unlock(&to->lock);
        status = wait_commit_signals(&waiter, transfer->deadline);
        if (status != OK) {
            return status == ERR_TIMEDOUT ? ERR_AGAIN : status;
        }
    }
}

/// Make and deliver one packet of the next `len` bytes. `message->handles` go with it.
static enum status send_packet(const struct transfer *transfer, struct socket_message *message,
                               uint32_t len)
{
    struct user_vector before = message->vector;
    struct packet *packet;
    enum status status = packet_create(&message->vector, len, message->handles, &packet);

    if (status != OK) {
        return status;
    }
    packet->end_of_record = (message->flags & COCO_SOCKET_SEND_END_OF_RECORD) != 0;
    if (transfer->from->type == COCO_SOCKET_DATAGRAM) {
        mutex_lock(&transfer->from->lock);
        packet->name = socket_name_get(transfer->from->name);
        mutex_unlock(&transfer->from->lock);
    }
    status = deliver(transfer, packet);
    if (status == OK) {
        message->handles = NULL;
    } else {
        message->vector = before;
        (void)packet_take_handles(packet); // still the caller's
        packet_free(packet);
    }
    return status;
}

/// Bytes for the next packet of a stream: as many as there is room for now, but not too few.
static uint32_t piece_len(const struct transfer *transfer, const struct socket_message *message)
{
    uint32_t limit = endpoint_limit(transfer->from, transfer->to);
    uint32_t used = __atomic_load_n(&transfer->to->used, __ATOMIC_RELAXED);
    uint32_t charge = used + packet_charge_of(0, message->handles);
    uint32_t len = charge < limit ? MIN(limit - charge, STREAM_PIECE) : 0;

    len = MAX(len, STREAM_PIECE_MIN);
    return (uint32_t)MIN(message->vector.left, (uint64_t)len);
}

static enum status send_stream(const struct transfer *transfer, struct socket_message *message,
                               size_t *done)
{
    enum status status = OK;

    if (message->vector.left == 0 && message->handles != NULL) {
        return ERR_INVAL;
    }
    while (status == OK && message->vector.left > 0) {
        uint32_t len = piece_len(transfer, message);

        status = check_sender(transfer->from);
        if (status == OK) {
            status = send_packet(transfer, message, len);
        }
        *done += status == OK ? len : 0;
    }
    return *done > 0 ? OK : status; // what went cannot be taken back
}

static enum status send_whole(const struct transfer *transfer, struct socket_message *message,
                              size_t *done)
{
    uint64_t len = message->vector.left;
    uint32_t limit = endpoint_limit(transfer->from, transfer->to);

    if (len > PACKET_LEN_MAX || packet_charge_of((uint32_t)len, message->handles) > limit) {
        return ERR_MSGSIZE;
    }
    enum status status = send_packet(transfer, message, (uint32_t)len);
    *done = status == OK ? (size_t)len : 0;
    return status;
}

static bool waits(const struct object *object, uint32_t flags, uint32_t dont_wait)
{
    return (flags & dont_wait) == 0 && (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;
}

/// Where a message goes to, with a reference: `target` if that is given.
static enum status choose_receiver(struct endpoint *from, struct endpoint *target,
                                   struct endpoint **out)
{
    if (target == NULL) {
        *out = endpoint_peer(from);
        return *out != NULL ? OK : ERR_NOTCONN;
    }
    if (endpoint_is_connected_kind(from)) {
        return endpoint_state(from) == ENDPOINT_CONNECTED ? ERR_ISCONN : ERR_NOTCONN;
    }
    if (target->type != COCO_SOCKET_DATAGRAM) {
        return ERR_PROTOTYPE;
    }
    *out = endpoint_get(target);
    return OK;
}

enum status socket_send(struct object *object, struct socket_message *message, size_t *done)
{
    struct endpoint *from = endpoint_of(object);
    enum status status = check_sender(from);

    *done = 0;
    if (status != OK) {
        return status;
    }
    struct endpoint *to;
    status = choose_receiver(from, message->target, &to);
    if (status != OK) {
        return status;
    }
    const struct transfer transfer = {
        .from = from,
        .to = to,
        .deadline = endpoint_deadline(__atomic_load_n(&from->send_timeout, __ATOMIC_RELAXED)),
        .wait = waits(object, message->flags, COCO_SOCKET_SEND_DONT_WAIT),
    };
    status = from->type == COCO_SOCKET_STREAM ? send_stream(&transfer, message, done)
                                              : send_whole(&transfer, message, done);
    endpoint_put(transfer.to);
    return status;
}

enum status socket_write(struct object *object, struct user_in buffer, size_t *done)
{
    const struct coco_buffer part = {buffer.addr.v, buffer.len};
    struct socket_message message = {.vector = {.parts = &part, .count = 1, .left = buffer.len}};

    return socket_send(object, &message, done);
}
