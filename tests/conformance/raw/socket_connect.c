// SPDX-License-Identifier: MIT
// Tests of `socket_connect`, and of sending to names.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "scratch.h"
#include "sockets.h"

#define PLACE SCRATCH "/socket"

static void stop(coco_handle_t listener)
{
    EXPECT_OK(coco_close(listener));
    EXPECT_OK(coco_file_unlink(PLACE, 0));
}

static uint32_t events(coco_handle_t socket)
{
    struct coco_poll entry = {.handle = socket, .wanted = COCO_EVENT_READ | COCO_EVENT_WRITE};
    EXPECT_TRUE(coco_object_poll(&entry, 1, 0) >= 0);
    return entry.returned;
}

TEST(socket_connect, exchange, RULE("socket_connect.1"), RULE("socket_accept.1"),
     RULE("socket_accept.3"), RULE("socket_accept.5"), RULE("socket_listen.3"))
{
    char text[8];
    for (uint32_t type = COCO_SOCKET_STREAM; type <= COCO_SOCKET_SEQPACKET; type += 4) {
        coco_handle_t listener = sockets_listen(PLACE, type, 5);
        EXPECT_EQ(events(listener), 0);
        int64_t client = sockets_connect(PLACE, type, 0);
        REQUIRE_TRUE(client > 0);
        EXPECT_EQ(coco_write((coco_handle_t)client, "early", 5), 5);
        EXPECT_EQ(events(listener), COCO_EVENT_READ);
        EXPECT_ERROR(coco_read(listener, text, 8), NOTCONN);
        EXPECT_ERROR(coco_write(listener, text, 8), NOTCONN);
        EXPECT_EQ(sockets_option(listener, COCO_SOCKET_OPTION_LISTENING), 1);
        int64_t server = coco_socket_accept(listener, COCO_STATUS_NONBLOCK);
        REQUIRE_TRUE(server > 0);
        EXPECT_EQ(coco_file_status_flags((coco_handle_t)server, 0, 0), COCO_STATUS_NONBLOCK);
        EXPECT_EQ(coco_read((coco_handle_t)server, text, 8), 5);
        EXPECT_ERROR(coco_read((coco_handle_t)server, text, 8), AGAIN);
        EXPECT_EQ(coco_write((coco_handle_t)server, "answer", 6), 6);
        EXPECT_EQ(coco_read((coco_handle_t)client, text, 8), 6);
        EXPECT_EQ(sockets_option((coco_handle_t)server, COCO_SOCKET_OPTION_PEER_PROCESS),
                  coco_process_id());
        EXPECT_OK(coco_close((coco_handle_t)client));
        EXPECT_EQ(coco_read((coco_handle_t)server, text, 8), 0);
        EXPECT_OK(coco_close((coco_handle_t)server));
        stop(listener);
    }
}

TEST(socket_connect, refusals, RULE("socket_connect.2"), RULE("socket_connect.3"),
     RULE("socket_connect.ECONNREFUSED"), RULE("socket_connect.EPROTOTYPE"),
     RULE("socket_connect.EISCONN"), RULE("socket_connect.EINVAL"),
     RULE("socket_connect.ENOTFOUND"), RULE("socket_connect.ENOTDIR"),
     RULE("socket_connect.ENAMETOOLONG"))
{
    static char large[COCO_PATH_MAX + 1];
    struct socket_ends ends;
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 1);
    int64_t socket = coco_socket_create(COCO_SOCKET_STREAM, 0);
    REQUIRE_TRUE(socket > 0);
    EXPECT_OK(scratch_file(SCRATCH "/file", "x", 1));
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, SCRATCH "/file"), CONNREFUSED);
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, SCRATCH), CONNREFUSED);
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, SCRATCH "/no"), NOTFOUND);
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, SCRATCH "/file/no"), NOTDIR);
    memset(large, 'x', COCO_PATH_MAX);
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, large), NAMETOOLONG);
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, ""), INVAL);
    EXPECT_ERROR(sockets_connect(PLACE, COCO_SOCKET_SEQPACKET, 0), PROTOTYPE);
    EXPECT_ERROR(sockets_connect(PLACE, COCO_SOCKET_DATAGRAM, 0), PROTOTYPE);
    EXPECT_ERROR(coco_socket_connect(listener, PLACE), INVAL);
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_ERROR(coco_socket_connect(ends.a, PLACE), ISCONN);
    sockets_close(&ends);
    EXPECT_OK(coco_close(listener));
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, PLACE), CONNREFUSED); /* stale */
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(sockets_bind((coco_handle_t)socket, PLACE));
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)socket, PLACE), CONNREFUSED); /* itself */
    EXPECT_ERROR(sockets_connect(PLACE, COCO_SOCKET_STREAM, 0), CONNREFUSED); /* does not listen */
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(coco_file_unlink(SCRATCH "/file", 0));
    EXPECT_OK(coco_close((coco_handle_t)socket));
}

TEST(socket_connect, listener_goes, RULE("socket_connect.4"))
{
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 1);
    int64_t client = sockets_connect(PLACE, COCO_SOCKET_STREAM, 0);
    char byte;
    REQUIRE_TRUE(client > 0);
    EXPECT_EQ(coco_write((coco_handle_t)client, "x", 1), 1);
    stop(listener);
    EXPECT_ERROR(coco_read((coco_handle_t)client, &byte, 1), CONNRESET);
    EXPECT_EQ(coco_read((coco_handle_t)client, &byte, 1), 0);
    EXPECT_ERROR(coco_write((coco_handle_t)client, "x", 1), PIPE);
    EXPECT_OK(coco_close((coco_handle_t)client));
}

TEST(socket_connect, datagrams, RULE("socket_connect.5"), RULE("socket_connect.EPERM"),
     RULE("socket_send.11"), RULE("socket_send.12"), RULE("socket_send.EISCONN"),
     RULE("socket_send.EPROTOTYPE"), RULE("socket_send.ENOTDIR"), RULE("socket_send.ENAMETOOLONG"),
     RULE("write.EPERM"), RULE("socket_receive.10"))
{
    static char large[COCO_PATH_MAX + 1];
    char text[8];
    char name[8];
    const struct coco_buffer part = {(uintptr_t)text, 8};
    const struct coco_buffer out = {(uintptr_t)"data", 4};
    struct coco_message sent = {
        .buffers = (uintptr_t)&out, .buffer_count = 1, .path = (uintptr_t)PLACE};
    struct coco_message received = {
        .buffers = (uintptr_t)&part, .buffer_count = 1, .name = (uintptr_t)name, .name_length = 3};
    coco_handle_t server = (coco_handle_t)coco_socket_create(COCO_SOCKET_DATAGRAM, 0);
    coco_handle_t client = (coco_handle_t)coco_socket_create(COCO_SOCKET_DATAGRAM, 0);
    coco_handle_t third = (coco_handle_t)coco_socket_create(COCO_SOCKET_DATAGRAM, 0);
    EXPECT_OK(coco_socket_bind(server, PLACE, "server", 6, 0));
    EXPECT_OK(coco_socket_bind(client, SCRATCH "/client", "client", 6, 0));
    EXPECT_EQ(coco_socket_send(third, &sent, 0), 4);
    EXPECT_EQ(coco_socket_receive(server, &received, 0), 4);
    EXPECT_EQ(received.name_length, 0);
    EXPECT_OK(coco_socket_connect(client, PLACE));
    EXPECT_EQ(coco_write(client, "abc", 3), 3);
    received.name_length = 3;
    EXPECT_EQ(coco_socket_receive(server, &received, 0), 3);
    EXPECT_EQ(received.name_length, 6);
    EXPECT_BYTES(name, "cli", 3);
    EXPECT_OK(coco_socket_connect(server, SCRATCH "/client"));
    EXPECT_ERROR(coco_socket_send(third, &sent, 0), PERM);
    EXPECT_ERROR(coco_socket_connect(third, PLACE), PERM);
    EXPECT_OK(coco_socket_connect(server, ""));
    EXPECT_OK(coco_socket_connect(third, PLACE));
    EXPECT_OK(coco_socket_connect(server, SCRATCH "/client"));
    EXPECT_ERROR(coco_write(third, "x", 1), PERM);
    EXPECT_OK(coco_socket_connect(third, ""));
    EXPECT_ERROR(coco_write(third, "x", 1), NOTCONN);
    sent.path = (uintptr_t)SCRATCH "/client/x";
    EXPECT_ERROR(coco_socket_send(third, &sent, 0), NOTDIR);
    memset(large, 'x', COCO_PATH_MAX);
    sent.path = (uintptr_t)large;
    EXPECT_ERROR(coco_socket_send(third, &sent, 0), NAMETOOLONG);
    struct socket_ends ends;
    sent.path = (uintptr_t)PLACE;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_ERROR(coco_socket_send(ends.a, &sent, 0), ISCONN);
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(sockets_bind(ends.a, PLACE));
    EXPECT_ERROR(coco_socket_send(third, &sent, 0), PROTOTYPE);
    sockets_close(&ends);
    EXPECT_OK(coco_close(server));
    EXPECT_OK(coco_close(client));
    EXPECT_OK(coco_close(third));
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(coco_file_unlink(SCRATCH "/client", 0));
}

#define CROSSINGS 20000

/* One of two sockets that have names and do not listen, and the other's name. */
struct crossing {
    struct thread thread;
    coco_handle_t socket;
    const char *other;
};

static void connect_to_other(void *argument)
{
    const struct crossing *crossing = argument;

    for (int i = 0; i < CROSSINGS; i++) {
        EXPECT_ERROR(coco_socket_connect(crossing->socket, crossing->other), CONNREFUSED);
    }
}

/* Neither waits for the other one, whatever the order. */
TEST(socket_connect, to_each_other, RULE("socket_connect.2"))
{
    static const char *const names[] = {PLACE, SCRATCH "/other"};
    struct crossing crossings[2];

    for (int i = 0; i < 2; i++) {
        int64_t socket = coco_socket_create(COCO_SOCKET_STREAM, 0);
        REQUIRE_TRUE(socket > 0);
        crossings[i] = (struct crossing){.socket = (coco_handle_t)socket, .other = names[1 - i]};
        REQUIRE_OK(sockets_bind(crossings[i].socket, names[i]));
    }
    for (int i = 0; i < 2; i++) {
        REQUIRE_OK(thread_start(&crossings[i].thread, connect_to_other, &crossings[i]));
    }
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(thread_join(&crossings[i].thread));
    }
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(coco_close(crossings[i].socket));
        EXPECT_OK(coco_file_unlink(names[i], 0));
    }
}

struct poller {
    struct thread thread;
    coco_handle_t socket;
    int64_t result;
    uint32_t returned;
};

static void poll_writable(void *argument)
{
    struct poller *poller = argument;
    struct coco_poll entry = {.handle = poller->socket, .wanted = COCO_EVENT_WRITE};
    poller->result = coco_object_poll(&entry, 1, deadline_after(60 * SECONDS));
    poller->returned = entry.returned;
}

/* Who polls for room at a receiver of datagrams is woken when there is some. */
TEST(socket_connect, datagram_room_is_told, RULE("object_poll.8"), RULE("socket_connect.5"))
{
    static uint8_t bytes[60000];
    coco_handle_t server = (coco_handle_t)coco_socket_create(COCO_SOCKET_DATAGRAM, 0);
    coco_handle_t client =
        (coco_handle_t)coco_socket_create(COCO_SOCKET_DATAGRAM, COCO_STATUS_NONBLOCK);
    struct poller poller = {.socket = client};
    EXPECT_OK(sockets_bind(server, PLACE));
    EXPECT_OK(coco_socket_connect(client, PLACE));
    while (coco_write(client, bytes, sizeof(bytes)) > 0) {
    }
    while (coco_write(client, bytes, 1000) > 0) {
    }
    EXPECT_EQ(events(client), 0);
    REQUIRE_OK(thread_start(&poller.thread, poll_writable, &poller));
    EXPECT_OK(coco_sleep_until(deadline_after(5 * MILLISECONDS)));
    EXPECT_EQ(coco_read(server, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
    EXPECT_OK(thread_join(&poller.thread));
    EXPECT_EQ(poller.result, 1);
    EXPECT_EQ(poller.returned, COCO_EVENT_WRITE);
    EXPECT_OK(coco_close(server));
    EXPECT_OK(coco_close(client));
    EXPECT_OK(coco_file_unlink(PLACE, 0));
}

/* A connection that waits counts as the listener's: it cannot carry the listener to itself. */
TEST(socket_connect, pending_rings, RULE("socket_send.6"))
{
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 1);
    struct socket_ends ends;
    int64_t client = sockets_connect(PLACE, COCO_SOCKET_STREAM, 0);
    coco_handle_t got;
    uint32_t count = 1;
    uint32_t flags;
    REQUIRE_TRUE(client > 0);
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_ERROR(sockets_send_handles((coco_handle_t)client, &listener, 1), TOOMANYREFS);
    EXPECT_EQ(sockets_send_handles((coco_handle_t)client, &ends.b, 1), 1);
    EXPECT_ERROR(sockets_send_handles(ends.a, &listener, 1), TOOMANYREFS);
    int64_t server = coco_socket_accept(listener, 0);
    REQUIRE_TRUE(server > 0);
    EXPECT_ERROR(sockets_send_handles(ends.a, (coco_handle_t[]){(coco_handle_t)server}, 1),
                 TOOMANYREFS);
    EXPECT_EQ(sockets_receive_handles((coco_handle_t)server, &got, &count, &flags), 1);
    EXPECT_EQ(count, 1);
    EXPECT_EQ(sockets_send_handles(ends.a, &listener, 1), 1);
    EXPECT_OK(coco_close(got));
    EXPECT_OK(coco_close((coco_handle_t)client));
    EXPECT_OK(coco_close((coco_handle_t)server));
    stop(listener);
    sockets_close(&ends);
}
