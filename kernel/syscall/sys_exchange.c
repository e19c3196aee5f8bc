// SPDX-License-Identifier: MIT
// Channels with handles and deadlines: everything is copied in and checked first, then sent.
#include <ipc/channel.h>
#include <ipc/message.h>
#include <mm/user_copy.h>
#include <task/signal.h>

#include "message_handles.h"
#include "prototypes.h"

static bool is_sound(const struct coco_exchange *request)
{
    return request->size == sizeof(*request) && request->kind <= COCO_CHANNEL_SEND &&
           request->handle_count <= COCO_CHANNEL_HANDLES_MAX;
}

/// Fills the current thread's message with payload and handles.
static enum status fill(const struct coco_exchange *request)
{
    struct message *message;

    if (request->length > COCO_CHANNEL_MESSAGE_MAX) {
        return ERR_TOOBIG;
    }
    enum status status = message_prepare(&message);
    if (status == OK) {
        status = user_copy_in(message->data, uaddr(request->payload), request->length);
    }
    if (status == OK) {
        message->header.length = request->length;
        status = message_take_handles(message, request->handles, request->handle_count);
    }
    return status;
}

/// Copies the reply to where the exchange at `address` says. Result of the call.
static int64_t take_reply(uaddr_t address, struct coco_exchange *request)
{
    struct message *reply = message_current();
    uint32_t length = reply->header.length;
    uint64_t handles = offsetof(struct coco_exchange, reply_handles);
    uint64_t count = offsetof(struct coco_exchange, reply_handle_count);

    request->reply_handle_count = reply->handle_count;
    message_install_handles(reply, request->reply_handles);
    enum status status = user_copy_out(uaddr(request->reply), reply->data, length);
    if (status == OK) {
        status = user_copy_out(uaddr(address.v + count), &request->reply_handle_count,
                               sizeof(request->reply_handle_count));
    }
    if (status == OK) {
        status = user_copy_out(uaddr(address.v + handles), request->reply_handles,
                               sizeof(request->reply_handles));
    }
    if (status != OK) {
        message_close_handles(request->reply_handles, request->reply_handle_count);
        return status;
    }
    return length;
}

/// Sends what was filled in. Result of the call.
static int64_t send(struct object *connection, uaddr_t address, struct coco_exchange *request)
{
    const struct channel_request how = {
        .deadline = request->deadline,
        .reply_capacity = request->reply_capacity,
        .kind = (uint16_t)request->kind,
    };
    enum status status = channel_send(connection, &how);

    if (status != OK) {
        message_drop_handles(message_current());
        if (status == ERR_INTR && request->handle_count > 0) {
            signal_no_restart(); // handles that were to be moved are gone
        }
        return status;
    }
    return request->kind == COCO_CHANNEL_SEND ? OK : take_reply(address, request);
}

int64_t sys_channel_exchange(struct object *connection, uaddr_t address)
{
    struct coco_exchange request;
    enum status status = user_copy_in(&request, address, sizeof(request));

    if (status == OK && !is_sound(&request)) {
        status = ERR_INVAL;
    }
    if (status == OK) {
        status = user_range_check(uaddr(request.reply), request.reply_capacity);
    }
    if (status == OK) {
        status = fill(&request);
    }
    return status == OK ? send(connection, address, &request) : status;
}

int64_t sys_channel_answer(struct object *channel, uaddr_t answer)
{
    struct coco_exchange request;
    enum status status = user_copy_in(&request, answer, sizeof(request));

    if (status != OK) {
        return status;
    }
    if (!is_sound(&request) || request.kind != 0 || request.deadline != 0 || request.reply != 0 ||
        request.reply_capacity != 0 || request.reply_handle_count != 0) {
        return ERR_INVAL;
    }
    if (!channel_owes_reply(channel)) {
        return ERR_NOTREADY;
    }
    status = fill(&request);
    if (status == OK) {
        status = channel_reply(channel);
        message_drop_handles(message_current()); // none are left, unless the caller has gone
    }
    return status;
}
