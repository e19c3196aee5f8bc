// SPDX-License-Identifier: MIT
// Tests of `socket_accept`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "scratch.h"
#include "signals.h"
#include "sockets.h"

#define PLACE SCRATCH "/socket"

static void stop(coco_handle_t listener)
{
    EXPECT_OK(coco_close(listener));
    EXPECT_OK(coco_file_unlink(PLACE, 0));
}

struct accepter {
    struct thread thread;
    coco_handle_t listener;
    int64_t result;
};

static void accept_one(void *argument)
{
    struct accepter *accepter = argument;
    accepter->result = coco_socket_accept(accepter->listener, 0);
}

TEST(socket_accept, waits, RULE("socket_accept.2"), RULE("socket_accept.EAGAIN"))
{
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_SEQPACKET, 1);
    struct accepter accepter = {.listener = listener};
    REQUIRE_OK(thread_start(&accepter.thread, accept_one, &accepter));
    EXPECT_OK(coco_sleep_until(deadline_after(5 * MILLISECONDS)));
    int64_t client = sockets_connect(PLACE, COCO_SOCKET_SEQPACKET, 0);
    EXPECT_TRUE(client > 0);
    EXPECT_OK(thread_join(&accepter.thread));
    EXPECT_TRUE(accepter.result > 0);
    EXPECT_OK(coco_close((coco_handle_t)accepter.result));
    EXPECT_OK(coco_close((coco_handle_t)client));
    EXPECT_OK(coco_socket_set(listener, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, 5 * MILLISECONDS));
    EXPECT_ERROR(coco_socket_accept(listener, 0), AGAIN);
    EXPECT_EQ(coco_file_status_flags(listener, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_ERROR(coco_socket_accept(listener, 0), AGAIN);
    stop(listener);
}

/* Makes a signal interrupt what a thread waits for; the result of its call. */
static int64_t interrupt(void (*wait)(void *), struct accepter *accepter)
{
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    if (!EXPECT_OK(thread_start(&accepter->thread, wait, accepter))) {
        return 0;
    }
    signals_interrupt(SIGNAL_ONE, &accepter->thread);
    signals_reset();
    return accepter->result;
}

static void connect_one(void *argument)
{
    struct accepter *accepter = argument;
    accepter->result = sockets_connect(PLACE, COCO_SOCKET_STREAM, 0);
}

TEST(socket_accept, interrupted, RULE("socket_accept.EINTR"), RULE("socket_connect.EINTR"))
{
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 1);
    struct accepter accepter = {.listener = listener};
    EXPECT_ERROR(interrupt(accept_one, &accepter), INTR);
    int64_t client = sockets_connect(PLACE, COCO_SOCKET_STREAM, 0);
    EXPECT_ERROR(interrupt(connect_one, &accepter), INTR);
    EXPECT_OK(coco_close((coco_handle_t)client));
    stop(listener);
}

TEST(socket_accept, full_table, RULE("socket_accept.EMFILE"))
{
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 1);
    int64_t client = sockets_connect(PLACE, COCO_SOCKET_STREAM, 0);
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_ERROR(coco_socket_accept(listener, 0), MFILE);
    EXPECT_OK(coco_close(full.last));
    EXPECT_EQ(coco_socket_accept(listener, 0), full.last); /* it went on waiting */
    scratch_close_handles(full.first, full.last);
    EXPECT_OK(coco_close((coco_handle_t)client));
    stop(listener);
}

#define CLIENTS 3u
#define CONNECTIONS 200u

static void connect_many(void *argument)
{
    struct accepter *client = argument;
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        int64_t socket = sockets_connect(PLACE, COCO_SOCKET_STREAM, 0);
        char byte = 0;
        REQUIRE_TRUE(socket > 0);
        EXPECT_EQ(coco_write((coco_handle_t)socket, "q", 1), 1);
        EXPECT_EQ(coco_read((coco_handle_t)socket, &byte, 1), 1);
        EXPECT_EQ(byte, 'a');
        EXPECT_OK(coco_close((coco_handle_t)socket));
    }
    client->result = 0;
}

/* Many clients, one server, room for one connection to wait. */
TEST(socket_accept, stress, RULE("socket_accept.1"), RULE("socket_connect.1"))
{
    struct accepter clients[CLIENTS];
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 1);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct accepter){.result = -1};
        REQUIRE_OK(thread_start(&clients[i].thread, connect_many, &clients[i]));
    }
    for (unsigned i = 0; i < CLIENTS * CONNECTIONS; i++) {
        int64_t socket = coco_socket_accept(listener, 0);
        char byte = 0;
        REQUIRE_TRUE(socket > 0);
        EXPECT_EQ(coco_read((coco_handle_t)socket, &byte, 1), 1);
        EXPECT_EQ(coco_write((coco_handle_t)socket, "a", 1), 1);
        EXPECT_OK(coco_close((coco_handle_t)socket));
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        EXPECT_OK(thread_join(&clients[i].thread));
        EXPECT_EQ(clients[i].result, 0);
    }
    stop(listener);
}
