// SPDX-License-Identifier: MIT
// Clients and servers over channels. Plain C11 and C++; no library.
//
// A server makes a channel (coco_channel_create) and a connection for each client, with a badge
// (coco_channel_connect), and serves:
//
//     static int32_t add(void *context, const struct coco_ipc_request *request,
//                        struct coco_ipc_reply *reply) { ...; return COCO_IPC_GO_ON; }
//     static struct coco_ipc_buffer buffer;
//     coco_ipc_serve(channel, add, NULL, &buffer);
//
// A client calls: coco_ipc_call(connection, request, sizeof(request), reply, sizeof(reply)).
// Results below 0 are errors (COCO_E...). All functions may be called in several threads, with a
// buffer for each.
#pragma once

#include <coconut/coconut.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a server gets. Valid until the handler returns; the handles are the server's to close.
struct coco_ipc_request {
    uint64_t badge;   /* of the connection: who asks */
    const void *data; /* the payload */
    uint32_t length;  /* its bytes */
    uint16_t kind;    /* COCO_CHANNEL_CALL, SEND, or CLOSED: the client has gone */
    uint16_t handle_count;
    const coco_handle_t *handles; /* COCO_HANDLE_NONE: there was no room for it */
};

/// What it answers. `data` may lie over the request's: the same buffer serves both.
struct coco_ipc_reply {
    void *data;        /* room for `capacity` bytes */
    uint32_t capacity; /* COCO_CHANNEL_MESSAGE_MAX */
    uint32_t length;   /* to be set by the handler; 0 before */
};

/// What the handler returns.
enum {
    COCO_IPC_GO_ON = 0, /* reply and receive the next */
    COCO_IPC_STOP = 1,  /* reply and return from coco_ipc_serve() */
};

/// Serves one message. Only a CALL is replied to. `context` is what coco_ipc_serve() was given.
typedef int32_t (*coco_ipc_handler)(void *context, const struct coco_ipc_request *request,
                                    struct coco_ipc_reply *reply);

/// A server thread's memory.
struct coco_ipc_buffer {
    struct coco_channel_message header;
    uint8_t data[COCO_CHANNEL_MESSAGE_MAX];
};

/// Calls, and calls again when a signal interrupted the call before anybody had received it. The
/// result is the length of the reply, or an error: COCO_ECANCELED when the server went away while
/// it served the call, which it may or may not have done; COCO_EOVERFLOW the reply does not fit.
static inline int64_t coco_ipc_call(coco_handle_t connection, const void *request, uint64_t length,
                                    void *reply, uint64_t capacity)
{
    int64_t result;
    do {
        result = coco_channel_call(connection, request, length, reply, capacity);
    } while (result == COCO_EINTR);
    return result;
}

/// What a call sends, and where its reply goes.
struct coco_ipc_message {
    const void *request;
    void *reply;
    uint32_t length;   /* bytes of the request */
    uint32_t capacity; /* bytes that there is room for at `reply` */
};

/// The same with a deadline: COCO_ETIMEDOUT when it has passed; the call may have been served.
static inline int64_t coco_ipc_call_until(coco_handle_t connection,
                                          const struct coco_ipc_message *message, uint64_t deadline)
{
    struct coco_exchange exchange;
    int64_t result;
    __builtin_memset(&exchange, 0, sizeof(exchange));
    exchange.size = sizeof(exchange);
    exchange.kind = COCO_CHANNEL_CALL;
    exchange.deadline = deadline;
    exchange.payload = (uint64_t)(uintptr_t)message->request;
    exchange.length = message->length;
    exchange.reply = (uint64_t)(uintptr_t)message->reply;
    exchange.reply_capacity = message->capacity;
    do {
        result = coco_channel_exchange(connection, &exchange);
    } while (result == COCO_EINTR);
    for (uint32_t i = 0; result >= 0 && i < exchange.reply_handle_count; i++) {
        (void)coco_close(exchange.reply_handles[i]); /* none were asked for */
    }
    return result;
}

/// Sends a handle with a call, with `rights` of it at most (COCO_RIGHTS_SAME for all); the sender's
/// own stays. Result as above.
static inline int64_t coco_ipc_call_handle(coco_handle_t connection, const void *request,
                                           uint32_t length, coco_handle_t handle, uint32_t rights)
{
    struct coco_exchange exchange;
    __builtin_memset(&exchange, 0, sizeof(exchange));
    exchange.size = sizeof(exchange);
    exchange.kind = COCO_CHANNEL_CALL;
    exchange.deadline = COCO_FOREVER;
    exchange.payload = (uint64_t)(uintptr_t)request;
    exchange.length = length;
    exchange.handle_count = 1;
    exchange.handles[0].handle = handle;
    exchange.handles[0].rights = rights;
    return coco_channel_exchange(connection, &exchange);
}

/// Receives and serves until the handler says stop (the result is 0), or receiving fails:
/// COCO_ECANCELED the channel has gone, or another error. Interrupted waits go on.
static inline int64_t coco_ipc_serve(coco_handle_t channel, coco_ipc_handler handler, void *context,
                                     struct coco_ipc_buffer *buffer)
{
    const uint64_t room = sizeof(*buffer);
    int64_t got = coco_channel_receive(channel, buffer, room, COCO_FOREVER);
    for (;;) {
        struct coco_ipc_request request;
        struct coco_ipc_reply reply;
        int32_t next;
        if (got == COCO_EINTR) { /* what was replied to has been: there is nothing to lose */
            got = coco_channel_receive(channel, buffer, room, COCO_FOREVER);
            continue;
        }
        if (got < 0) {
            return got;
        }
        request.badge = buffer->header.badge;
        request.data = buffer->data;
        request.length = buffer->header.length;
        request.kind = buffer->header.kind;
        request.handle_count = buffer->header.handle_count;
        request.handles = buffer->header.handles;
        reply.data = buffer->data;
        reply.capacity = sizeof(buffer->data);
        reply.length = 0;
        next = handler(context, &request, &reply);
        if (request.kind == COCO_CHANNEL_CALL && next == COCO_IPC_GO_ON) {
            got = coco_channel_reply_receive(channel, reply.data, reply.length, buffer, room);
        } else if (next == COCO_IPC_GO_ON) {
            got = coco_channel_receive(channel, buffer, room, COCO_FOREVER);
        } else {
            if (request.kind == COCO_CHANNEL_CALL) {
                (void)coco_channel_reply(channel, reply.data, reply.length);
            }
            return 0;
        }
    }
}

#ifdef __cplusplus
}
#endif
