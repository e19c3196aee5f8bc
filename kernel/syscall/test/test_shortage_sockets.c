// SPDX-License-Identifier: MIT
// Calls on sockets, once with each of their allocations failing.
#include "caller.h"
#include "shortage.h"

static void close_handle(int64_t handle)
{
    UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
}

static void close_both(int64_t ends)
{
    close_handle(ends & UINT32_MAX);
    close_handle(ends >> 32);
}

static int64_t make_socket(void)
{
    return CALL(COCO_SYS_SOCKET_CREATE, COCO_SOCKET_DATAGRAM, 0);
}

static int64_t make_sockets(void)
{
    return CALL(COCO_SYS_SOCKET_PAIR, COCO_SOCKET_STREAM, 0);
}

#define MESSAGE_LEN 5000u /* bytes in five buffers and two pages */

/// The data area.
struct messages {
    struct coco_message sent;
    struct coco_message received;
    struct coco_buffer parts[5];
    coco_handle_t handle;
};

#define MESSAGES_AT(member) (CALLER_DATA + offsetof(struct messages, member))

static int64_t sockets;

/// A message of five buffers that carries a handle.
static int64_t send_message(void)
{
    return CALL(COCO_SYS_SOCKET_SEND, sockets & UINT32_MAX, MESSAGES_AT(sent), 0);
}

static int64_t receive_message(void)
{
    return CALL(COCO_SYS_SOCKET_RECEIVE, sockets >> 32, MESSAGES_AT(received), 0);
}

static void take_message(int64_t result)
{
    struct messages data;

    UNIT_EQUAL(result, MESSAGE_LEN);
    UNIT_EQUAL(receive_message(), MESSAGE_LEN);
    caller_get(&data, sizeof(data));
    UNIT_EQUAL(data.received.handle_count, 0);
    UNIT_EQUAL(data.received.flags, COCO_MESSAGE_HANDLES_LOST);
}

/// What was received is sent again.
static void send_again(int64_t result)
{
    UNIT_EQUAL(result, MESSAGE_LEN);
    UNIT_EQUAL(send_message(), MESSAGE_LEN);
}

UNIT_TEST(sockets_survive_lack_of_memory)
{
    RULE("socket_create.ENOMEM");
    RULE("socket_pair.ENOMEM");
    RULE("socket_send.ENOMEM");
    RULE("socket_receive.ENOMEM");
    struct messages data = {0};

    caller_start();
    inject(make_socket, close_handle);
    inject(make_sockets, close_both);
    sockets = CALL(COCO_SYS_SOCKET_PAIR, COCO_SOCKET_SEQPACKET, COCO_STATUS_NONBLOCK);
    for (size_t i = 0; i < 5; i++) {
        data.parts[i] = (struct coco_buffer){CALLER_DATA + 4096 + 1000 * i, 1000};
    }
    data.handle = (coco_handle_t)sockets;
    data.received.buffers = MESSAGES_AT(parts);
    data.received.buffer_count = 5;
    data.sent = data.received;
    data.sent.handles = MESSAGES_AT(handle);
    data.sent.handle_count = 1;
    caller_put(&data, sizeof(data));
    inject(send_message, take_message);
    UNIT_EQUAL(send_message(), MESSAGE_LEN);
    inject(receive_message, send_again);
    close_both(sockets);
}

static int64_t listener;
static int64_t client;

static int64_t make_and_bind(void)
{
    int64_t socket = CALL(COCO_SYS_SOCKET_CREATE, COCO_SOCKET_STREAM, 0);
    int64_t result =
        socket < 0 ? socket
                   : CALL(COCO_SYS_SOCKET_BIND, socket, caller_string("/s"), CALLER_DATA, 4, 0);

    if (socket >= 0 && result < 0) {
        close_handle(socket);
    }
    return result < 0 ? result : socket;
}

static void unbind(int64_t socket)
{
    close_handle(socket);
    UNIT_OK(CALL(COCO_SYS_FILE_UNLINK, caller_string("/s"), 0));
}

static int64_t make_and_connect(void)
{
    int64_t socket = CALL(COCO_SYS_SOCKET_CREATE, COCO_SOCKET_STREAM, 0);
    int64_t result =
        socket < 0 ? socket : CALL(COCO_SYS_SOCKET_CONNECT, socket, caller_string("/s"));

    if (socket >= 0 && result < 0) {
        close_handle(socket);
    }
    return result < 0 ? result : socket;
}

static int64_t accept_one(void)
{
    return CALL(COCO_SYS_SOCKET_ACCEPT, listener, 0);
}

static void disconnect(int64_t socket)
{
    close_handle(socket);
    int64_t accepted = accept_one();
    UNIT_CHECK(accepted >= 0);
    close_handle(accepted);
}

static void connect_again(int64_t accepted)
{
    close_handle(accepted);
    close_handle(client);
    client = make_and_connect();
    UNIT_CHECK(client >= 0);
}

UNIT_TEST(socket_names_survive_lack_of_memory)
{
    RULE("socket_bind.ENOMEM");
    RULE("socket_connect.ENOMEM");
    RULE("socket_accept.ENOMEM");
    caller_start();
    inject(make_and_bind, unbind);
    listener = make_and_bind();
    UNIT_OK(CALL(COCO_SYS_SOCKET_LISTEN, listener, 5));
    inject(make_and_connect, disconnect);
    client = make_and_connect();
    inject(accept_one, connect_again);
    close_handle(client);
    unbind(listener);
}
