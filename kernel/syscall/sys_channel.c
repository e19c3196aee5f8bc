// SPDX-License-Identifier: MIT
// Channels with short messages: the calls of the fast path. Those with handles are in
// sys_exchange.c.
#include <arch/cpu.h>
#include <ipc/channel.h>
#include <ipc/message.h>
#include <object/wait.h>

#include "channel_copy.h"
#include "message_handles.h"
#include "new_handle.h"
#include "prototypes.h"

#define CHANNEL_RIGHTS                                                                             \
    (COCO_RIGHT_READ | COCO_RIGHT_MANAGE | COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT)
#define CONNECTION_RIGHTS                                                                          \
    (COCO_RIGHT_WRITE | COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT)

int64_t sys_channel_create(void)
{
    struct object *channel;
    enum status status = channel_create(&channel);

    return status == OK ? new_handle_install(channel, CHANNEL_RIGHTS) : status;
}

int64_t sys_channel_connect(struct object *channel, uint64_t badge, uint32_t flags)
{
    struct object *connection;
    enum status status = channel_connect(channel, badge, flags, &connection);

    return status == OK ? new_handle_install(connection, CONNECTION_RIGHTS) : status;
}

/// Fills the current thread's message with the payload.
static inline enum status fill(struct user_in payload)
{
    struct message *message;

    if (unlikely(payload.len > COCO_CHANNEL_MESSAGE_MAX)) {
        return ERR_TOOBIG;
    }
    enum status status = message_prepare(&message);
    if (unlikely(status != OK)) {
        return status;
    }
    message->header.length = (uint32_t)payload.len;
    return payload.len == 0 ? OK : user_copy_in(message->data, payload.addr, (size_t)payload.len);
}

int64_t channel_take_reply_slow(uaddr_t to)
{
    const struct message *reply = message_current();

    arch_irq_enable();
    enum status status = user_copy_out(to, reply->data, reply->header.length);
    return status == OK ? (int64_t)reply->header.length : status;
}

int64_t sys_channel_call(struct object *connection, struct user_in request, struct user_out reply)
{
    const struct channel_request how = {
        .deadline = WAIT_FOREVER,
        .reply_capacity = channel_capacity(reply.len),
        .kind = COCO_CHANNEL_CALL,
    };
    enum status status = fill(request);

    if (likely(status == OK)) {
        status = channel_send(connection, &how);
    }
    return likely(status == OK) ? channel_take_reply(reply.addr) : status;
}

int64_t sys_channel_send(struct object *connection, struct user_in payload, uint64_t deadline)
{
    const struct channel_request how = {.deadline = deadline, .kind = COCO_CHANNEL_SEND};
    enum status status = fill(payload);

    return status == OK ? channel_send(connection, &how) : status;
}

int64_t channel_deliver_slow(uaddr_t to)
{
    struct message *message = message_current();
    uint32_t length = message->header.length;

    arch_irq_enable();
    if (unlikely(message->handle_count != 0)) {
        message_install_handles(message, message->header.handles);
    }
    enum status status = user_copy_out(to, &message->header, sizeof(message->header) + length);
    if (unlikely(status != OK)) {
        message_close_handles(message->header.handles, message->header.handle_count);
        channel_abandon();
        return status;
    }
    return length;
}

int64_t sys_channel_receive(struct object *channel, struct user_out buffer, uint64_t deadline)
{
    struct message *unused;
    uint32_t capacity;

    if (!channel_receiver_capacity(buffer.len, &capacity)) {
        return ERR_INVAL;
    }
    enum status status = message_prepare(&unused);
    if (status == OK) {
        status = channel_receive(channel, capacity, deadline);
    }
    return status == OK ? channel_deliver(buffer.addr) : status;
}

int64_t sys_channel_reply(struct object *channel, struct user_in reply)
{
    enum status status = fill(reply);

    return status == OK ? channel_reply(channel) : status;
}

int64_t sys_channel_reply_receive(struct object *channel, struct user_in reply,
                                  struct user_out buffer)
{
    uint32_t capacity;

    if (!channel_receiver_capacity(buffer.len, &capacity)) {
        return ERR_INVAL;
    }
    struct user_in payload = channel_owes_reply(channel) ? reply : (struct user_in){.len = 0};
    enum status status = fill(payload);
    if (likely(status == OK)) {
        status = channel_reply_receive(channel, capacity);
    }
    return likely(status == OK) ? channel_deliver(buffer.addr) : status;
}
