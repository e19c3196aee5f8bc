// SPDX-License-Identifier: MIT
// Tests of `socket_receive`: peeking, waiting for all, cutting off, bad memory, waiting.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "signals.h"
#include "sockets.h"
#include "turns.h"

TEST(socket_receive, peek_stream, RULE("socket_receive.5"), RULE("socket_receive.2"))
{
    struct socket_ends ends;
    char text[16];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
    EXPECT_EQ(coco_write(ends.a, "defgh", 5), 5);
    EXPECT_EQ(sockets_receive(ends.b, text, 16, COCO_SOCKET_RECEIVE_PEEK), 8);
    EXPECT_BYTES(text, "abcdefgh", 8);
    EXPECT_EQ(coco_read(ends.b, text, 1), 1);
    EXPECT_EQ(sockets_receive(ends.b, text, 4, COCO_SOCKET_RECEIVE_PEEK), 4);
    EXPECT_BYTES(text, "bcde", 4);
    EXPECT_EQ(coco_read(ends.b, text, 16), 7);
    EXPECT_ERROR(sockets_receive(ends.b, text, 4, COCO_SOCKET_RECEIVE_PEEK), AGAIN);
    sockets_close(&ends);
}

TEST(socket_receive, packets, RULE("socket_receive.3"), RULE("socket_receive.5"),
     RULE("socket_receive.8"))
{
    char text[16];
    const struct coco_buffer part = {(uintptr_t)text, 4};
    struct coco_message message = {.buffers = (uintptr_t)&part, .buffer_count = 1};
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(sockets_send(ends.a, "abcdefgh", 8, COCO_SOCKET_SEND_END_OF_RECORD), 8);
    EXPECT_EQ(sockets_send(ends.a, "ij", 2, 0), 2);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t flags = i == 0 ? COCO_SOCKET_RECEIVE_PEEK : 0;
        EXPECT_EQ(coco_socket_receive(ends.b, &message, flags), 4);
        EXPECT_EQ(message.flags, COCO_MESSAGE_TRUNCATED | COCO_MESSAGE_END_OF_RECORD);
        EXPECT_EQ(message.size, 8);
    }
    EXPECT_EQ(coco_socket_receive(ends.b, &message, 0), 2);
    EXPECT_EQ(message.flags, 0);
    EXPECT_EQ(message.size, 2);
    sockets_close(&ends);
}

TEST(socket_receive, does_not_wait, RULE("socket_receive.4"), RULE("socket_receive.EAGAIN"))
{
    struct socket_ends ends;
    char text[4];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_DATAGRAM, 0));
    EXPECT_ERROR(sockets_receive(ends.a, text, 4, COCO_SOCKET_RECEIVE_DONT_WAIT), AGAIN);
    EXPECT_OK(coco_socket_set(ends.a, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, 15 * MILLISECONDS));
    uint64_t until = deadline_after(15 * MILLISECONDS);
    EXPECT_ERROR(coco_read(ends.a, text, 4), AGAIN);
    EXPECT_TRUE(deadline_after(0) >= until);
    sockets_close(&ends);
}

struct receiver {
    struct thread thread;
    coco_handle_t socket;
    uint8_t *bytes;
    size_t len;
    uint32_t flags;
    int64_t result;
};

static void receive(void *argument)
{
    struct receiver *receiver = argument;
    receiver->result =
        sockets_receive(receiver->socket, receiver->bytes, receiver->len, receiver->flags);
}

TEST(socket_receive, waits_for_all, RULE("socket_receive.2"), RULE("socket_receive.1"))
{
    struct socket_ends ends;
    uint8_t bytes[100];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    struct receiver receiver = {
        .socket = ends.b, .bytes = bytes, .len = 100, .flags = COCO_SOCKET_RECEIVE_ALL};
    REQUIRE_OK(thread_start(&receiver.thread, receive, &receiver));
    for (unsigned i = 0; i < 10; i++) {
        EXPECT_EQ(coco_write(ends.a, "0123456789", 10), 10);
        EXPECT_OK(coco_sleep_until(deadline_after(MILLISECONDS)));
    }
    EXPECT_OK(thread_join(&receiver.thread));
    EXPECT_EQ(receiver.result, 100);
    /* The end of the stream ends the wait, too. */
    REQUIRE_OK(thread_start(&receiver.thread, receive, &receiver));
    EXPECT_EQ(coco_write(ends.a, "0123456789", 10), 10);
    EXPECT_OK(coco_socket_shutdown(ends.a, COCO_SOCKET_SHUTDOWN_SEND));
    EXPECT_OK(thread_join(&receiver.thread));
    EXPECT_EQ(receiver.result, 10);
    EXPECT_EQ(coco_read(ends.b, bytes, 1), 0);
    sockets_close(&ends);
}

/* A call that keeps a socket lets it live; who waits in one is told of the end of the other. */
TEST(socket_receive, other_side_closes, RULE("socket_receive.1"), RULE("socket_pair.3"))
{
    struct socket_ends ends;
    uint8_t bytes[10];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    struct receiver receiver = {.socket = ends.b, .bytes = bytes, .len = 10};
    turns_begin();
    EXPECT_OK(thread_start(&receiver.thread, receive, &receiver));
    turns_pass();
    turns_end();
    EXPECT_OK(coco_close(ends.b)); /* while the other thread waits in it */
    EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
    EXPECT_OK(thread_join(&receiver.thread));
    EXPECT_EQ(receiver.result, 3);
    EXPECT_ERROR(coco_write(ends.a, "abc", 3), PIPE); /* now it has gone */
    EXPECT_OK(coco_close(ends.a));
}

TEST(socket_receive, bad_memory, RULE("socket_receive.9"))
{
    struct socket_ends ends;
    char text[16];
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    for (uint32_t type = COCO_SOCKET_STREAM; type <= COCO_SOCKET_SEQPACKET; type += 4) {
        REQUIRE(sockets_make(&ends, type, COCO_STATUS_NONBLOCK));
        EXPECT_EQ(coco_write(ends.a, "0123456789", 10), 10);
        EXPECT_ERROR(coco_read(ends.b, edge, 10), FAULT);
        EXPECT_ERROR(coco_read(ends.b, edge - 4, 10), FAULT);
        EXPECT_ERROR(sockets_receive(ends.b, (void *)(uintptr_t)UNMAPPED_ADDRESS, 10, 0), FAULT);
        EXPECT_EQ(coco_read(ends.b, text, 16), 10);
        EXPECT_BYTES(text, "0123456789", 10);
        EXPECT_ERROR(coco_write(ends.a, edge - 4, 10), FAULT);
        EXPECT_ERROR(coco_read(ends.b, text, 16), AGAIN);
        sockets_close(&ends);
    }
    memory_edge_free(edge, 1);
}

/* A message that could not be told about stays. */
TEST(socket_receive, read_only_message, RULE("socket_receive.9"))
{
    struct coco_message *message = (struct coco_message *)(void *)memory_pages(1);
    struct socket_ends ends;
    char text[4];
    const struct coco_buffer part = {(uintptr_t)text, 4};
    REQUIRE_TRUE(message != NULL);
    *message = (struct coco_message){.buffers = (uintptr_t)&part, .buffer_count = 1};
    EXPECT_OK(memory_protect(message, PAGE, COCO_MMAP_READ));
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
    EXPECT_ERROR(coco_socket_receive(ends.b, message, 0), FAULT);
    EXPECT_EQ(coco_read(ends.b, text, 4), 3);
    sockets_close(&ends);
    EXPECT_OK(memory_unmap(message, PAGE));
}

TEST(socket_receive, interrupted, RULE("socket_receive.EINTR"), RULE("socket_receive.11"))
{
    struct socket_ends ends;
    uint8_t bytes[4];
    signals_reset();
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_OK(coco_socket_set(ends.b, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, 30 * SECONDS));
    REQUIRE_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_RESTART, 0));
    struct receiver receiver = {.socket = ends.b, .bytes = bytes, .len = 4};
    REQUIRE_OK(thread_start(&receiver.thread, receive, &receiver));
    signals_interrupt(SIGNAL_ONE, &receiver.thread);
    EXPECT_ERROR(receiver.result, INTR);
    signals_reset();
    sockets_close(&ends);
}

#define STRESS_THREADS 3u
#define STRESS_PACKETS 2000u

struct flood {
    struct thread thread;
    coco_handle_t socket;
    uint32_t mark;
    uint64_t count; /* received, atomic */
};

static void send_flood(void *argument)
{
    struct flood *flood = argument;
    uint32_t packet[50];
    for (unsigned i = 0; i < 50; i++) {
        packet[i] = flood->mark;
    }
    for (unsigned i = 0; i < STRESS_PACKETS; i++) {
        packet[0] = i;
        EXPECT_EQ(coco_write(flood->socket, packet, sizeof(packet)), (int64_t)sizeof(packet));
    }
}

static void receive_flood(void *argument)
{
    struct flood *flood = argument;
    uint32_t packet[60];
    int64_t got;
    while ((got = coco_read(flood->socket, packet, sizeof(packet))) == 200) {
        for (unsigned i = 2; i < 50; i++) {
            if (packet[i] != packet[1]) {
                EXPECT_EQ(packet[i], packet[1]);
            }
        }
        flood->count++;
    }
    EXPECT_EQ(got, 0);
}

/* Several senders and receivers on one connection with little room: nothing is lost, torn, or
 * stuck. */
TEST(socket_receive, stress, RULE("socket_receive.3"), RULE("socket_send.2"))
{
    struct flood senders[STRESS_THREADS];
    struct flood receivers[STRESS_THREADS];
    struct socket_ends ends;
    uint64_t total = 0;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, 0));
    EXPECT_OK(coco_socket_set(ends.b, COCO_SOCKET_OPTION_RECEIVE_BUFFER, 0));
    for (uint32_t i = 0; i < STRESS_THREADS; i++) {
        senders[i] = (struct flood){.socket = ends.a, .mark = 100 + i};
        receivers[i] = (struct flood){.socket = ends.b};
        REQUIRE_OK(thread_start(&senders[i].thread, send_flood, &senders[i]));
        REQUIRE_OK(thread_start(&receivers[i].thread, receive_flood, &receivers[i]));
    }
    for (uint32_t i = 0; i < STRESS_THREADS; i++) {
        EXPECT_OK(thread_join(&senders[i].thread));
    }
    EXPECT_OK(coco_socket_shutdown(ends.a, COCO_SOCKET_SHUTDOWN_SEND));
    for (uint32_t i = 0; i < STRESS_THREADS; i++) {
        EXPECT_OK(thread_join(&receivers[i].thread));
        total += receivers[i].count;
    }
    EXPECT_EQ(total, STRESS_THREADS * STRESS_PACKETS);
    sockets_close(&ends);
}
