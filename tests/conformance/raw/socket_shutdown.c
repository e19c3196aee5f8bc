// SPDX-License-Identifier: MIT
// Tests of `socket_shutdown`, and of the events of sockets.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "pipes.h"
#include "sockets.h"

TEST(socket_shutdown, sending, RULE("socket_shutdown.1"), RULE("socket_send.7"))
{
    struct socket_ends ends;
    char text[8];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
    EXPECT_OK(coco_socket_shutdown(ends.a, COCO_SOCKET_SHUTDOWN_SEND));
    EXPECT_ERROR(coco_write(ends.a, "x", 1), PIPE);
    EXPECT_EQ(coco_read(ends.b, text, 8), 3);
    EXPECT_EQ(coco_read(ends.b, text, 8), 0);
    EXPECT_EQ(coco_write(ends.b, "answer", 6), 6); /* the other half goes on */
    EXPECT_EQ(coco_read(ends.a, text, 8), 6);
    EXPECT_OK(coco_socket_shutdown(ends.a, COCO_SOCKET_SHUTDOWN_SEND));
    sockets_close(&ends);
}

TEST(socket_shutdown, receiving, RULE("socket_shutdown.2"), RULE("socket_send.7"))
{
    struct socket_ends ends;
    char text[8];
    for (uint32_t type = COCO_SOCKET_STREAM; type <= COCO_SOCKET_DATAGRAM; type++) {
        REQUIRE(sockets_make(&ends, type, 0));
        EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
        EXPECT_OK(coco_socket_shutdown(ends.b, COCO_SOCKET_SHUTDOWN_RECEIVE));
        EXPECT_ERROR(coco_write(ends.a, "x", 1), PIPE);
        EXPECT_EQ(coco_read(ends.b, text, 8), 3);
        EXPECT_EQ(coco_read(ends.b, text, 8), 0);
        EXPECT_EQ(coco_write(ends.b, "answer", 6), 6);
        EXPECT_EQ(coco_read(ends.a, text, 8), 6);
        sockets_close(&ends);
    }
}

TEST(socket_shutdown, not_connected, RULE("socket_shutdown.4"), RULE("socket_shutdown.ENOTCONN"))
{
    int64_t made = coco_socket_create(COCO_SOCKET_STREAM, 0);
    REQUIRE_TRUE(made > 0);
    EXPECT_ERROR(coco_socket_shutdown((coco_handle_t)made, COCO_SOCKET_SHUTDOWN_MASK), NOTCONN);
    EXPECT_OK(coco_close((coco_handle_t)made));
}

struct waiter {
    struct thread thread;
    coco_handle_t socket;
    bool writes;
    int64_t result;
};

static void wait_in_it(void *argument)
{
    static const uint8_t bytes[150000];
    struct waiter *waiter = argument;
    char text[4];
    waiter->result = waiter->writes ? coco_write(waiter->socket, bytes, sizeof(bytes))
                                    : coco_read(waiter->socket, text, 4);
}

/* Both sides can end what a thread waits for. */
TEST(socket_shutdown, wakes, RULE("socket_shutdown.3"))
{
    static const uint8_t bytes[150000];
    for (unsigned how = 0; how < 4; how++) {
        struct socket_ends ends;
        bool writes = how >= 2;
        REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, 0));
        if (writes) {
            EXPECT_EQ(coco_write(ends.a, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
        }
        struct waiter waiter = {.socket = ends.a, .writes = writes};
        REQUIRE_OK(thread_start(&waiter.thread, wait_in_it, &waiter));
        EXPECT_OK(coco_sleep_until(deadline_after(5 * MILLISECONDS)));
        bool own = how % 2 == 0;
        uint32_t direction =
            own == writes ? COCO_SOCKET_SHUTDOWN_SEND : COCO_SOCKET_SHUTDOWN_RECEIVE;
        EXPECT_OK(coco_socket_shutdown(own ? ends.a : ends.b, direction));
        EXPECT_OK(thread_join(&waiter.thread));
        EXPECT_EQ(waiter.result, writes ? COCO_EPIPE : 0);
        sockets_close(&ends);
    }
}

static uint32_t events(coco_handle_t socket)
{
    struct coco_poll entry = {.handle = socket, .wanted = COCO_EVENT_READ | COCO_EVENT_WRITE};
    EXPECT_TRUE(coco_object_poll(&entry, 1, 0) >= 0);
    return entry.returned;
}

TEST(socket_shutdown, events, RULE("object_poll.3"), RULE("object_poll.5"))
{
    static uint8_t bytes[COCO_SOCKET_BUFFER];
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(events(ends.a), COCO_EVENT_WRITE);
    while (coco_write(ends.a, bytes, sizeof(bytes)) > 0) {
    }
    EXPECT_EQ(events(ends.a), 0);
    EXPECT_EQ(events(ends.b), COCO_EVENT_READ | COCO_EVENT_WRITE);
    while (coco_read(ends.b, bytes, sizeof(bytes)) > 0) {
    }
    EXPECT_EQ(events(ends.a), COCO_EVENT_WRITE);
    EXPECT_OK(coco_socket_shutdown(ends.a, COCO_SOCKET_SHUTDOWN_SEND));
    EXPECT_EQ(events(ends.a), COCO_EVENT_WRITE); /* a write would fail at once */
    EXPECT_EQ(events(ends.b), COCO_EVENT_READ | COCO_EVENT_WRITE);
    EXPECT_OK(coco_socket_shutdown(ends.b, COCO_SOCKET_SHUTDOWN_SEND));
    EXPECT_EQ(events(ends.a), COCO_EVENT_READ | COCO_EVENT_WRITE | COCO_EVENT_HANGUP);
    sockets_close(&ends);
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_EQ(coco_write(ends.b, "x", 1), 1);
    EXPECT_EQ(coco_write(ends.a, "x", 1), 1);
    pipe_close_end(&ends.b);
    EXPECT_EQ(events(ends.a),
              COCO_EVENT_READ | COCO_EVENT_WRITE | COCO_EVENT_HANGUP | COCO_EVENT_ERROR);
    sockets_close(&ends);
}
