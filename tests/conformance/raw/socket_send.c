// SPDX-License-Identifier: MIT
// Tests of `socket_send`: room, limits, forged messages.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "pipes.h"
#include "signals.h"
#include "sockets.h"
#include "turns.h"

#define LARGE (3 * COCO_SOCKET_BUFFER)

static uint8_t sample(size_t position)
{
    return (uint8_t)(position * 7 + position / 251);
}

TEST(socket_send, gathers, RULE("socket_send.1"), RULE("socket_receive.1"),
     RULE("socket_receive.10"))
{
    struct socket_ends ends;
    char text[16] = {0};
    const struct coco_buffer out[] = {{(uintptr_t)"ab", 2}, {0, 0}, {(uintptr_t)"cdefg", 5}};
    const struct coco_buffer in[] = {
        {(uintptr_t)text, 3}, {UNMAPPED_ADDRESS, 0}, {(uintptr_t)text + 4, 8}};
    const struct coco_message sent = {.buffers = (uintptr_t)out, .buffer_count = 3};
    struct coco_message received = {.buffers = (uintptr_t)in, .buffer_count = 3};
    REQUIRE(sockets_make(&ends, COCO_SOCKET_DATAGRAM, 0));
    EXPECT_EQ(coco_socket_send(ends.a, &sent, 0), 7);
    EXPECT_EQ(coco_socket_receive(ends.b, &received, 0), 7);
    EXPECT_BYTES(text, "abc\0defg", 8);
    EXPECT_EQ(received.size, 7);
    EXPECT_EQ(received.flags, 0);
    EXPECT_EQ(received.name_length, 0);
    sockets_close(&ends);
}

TEST(socket_send, many_buffers, RULE("socket_send.1"), RULE("socket_send.8"))
{
    static struct coco_buffer parts[COCO_BUFFERS_MAX + 1];
    static uint8_t bytes[COCO_BUFFERS_MAX * 5];
    static uint8_t got[sizeof(bytes)];
    struct socket_ends ends;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = sample(i);
    }
    for (size_t i = 0; i < COCO_BUFFERS_MAX; i++) {
        parts[i] = (struct coco_buffer){(uintptr_t)&bytes[i * 5], 5};
    }
    struct coco_message message = {.buffers = (uintptr_t)parts, .buffer_count = COCO_BUFFERS_MAX};
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, 0));
    EXPECT_EQ(coco_socket_send(ends.a, &message, 0), (int64_t)sizeof(bytes));
    EXPECT_EQ(coco_read(ends.b, got, sizeof(got)), (int64_t)sizeof(bytes));
    EXPECT_BYTES(got, bytes, sizeof(bytes));
    message.buffer_count++;
    EXPECT_ERROR(coco_socket_send(ends.a, &message, 0), INVAL);
    sockets_close(&ends);
}

TEST(socket_send, forged_messages, RULE("socket_send.8"), RULE("socket_send.EINVAL"),
     RULE("socket_receive.11"), RULE("socket_receive.EINVAL"))
{
    struct coco_buffer parts[2] = {{(uintptr_t)"abcd", 4}, {(uintptr_t)"efgh", 4}};
    const struct coco_message good = {.buffers = (uintptr_t)parts, .buffer_count = 2};
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK));
    struct coco_message forged[9];
    for (size_t i = 0; i < 9; i++) {
        forged[i] = good;
    }
    forged[0].flags = 1;
    forged[1].size = 1;
    forged[2].name = (uintptr_t)parts;
    forged[3].name_length = 1;
    forged[4].handle_count = COCO_MESSAGE_HANDLES_MAX + 1;
    forged[5].buffer_count = UINT32_MAX;
    forged[6].buffers = KERNEL_ADDRESS;
    forged[7].handle_count = 1;
    forged[7].handles = KERNEL_ADDRESS;
    forged[8].handle_count = 2;
    forged[8].handles = UINT64_MAX - 3;
    for (size_t i = 0; i < 9; i++) {
        EXPECT_ERROR(coco_socket_send(ends.a, &forged[i], 0), INVAL);
    }
    EXPECT_ERROR(coco_socket_receive(ends.a, &forged[4], 0), INVAL);
    EXPECT_ERROR(coco_socket_receive(ends.a, &forged[5], 0), INVAL);
    struct coco_message sent = good;
    sent.path = (uintptr_t)"/x";
    EXPECT_ERROR(coco_socket_receive(ends.a, &sent, 0), INVAL);
    sent = good;
    parts[1].length = INT64_MAX;
    EXPECT_ERROR(coco_socket_send(ends.a, &sent, 0), INVAL);
    parts[1] = (struct coco_buffer){COCO_USER_END - 2, 4};
    EXPECT_ERROR(coco_socket_send(ends.a, &sent, 0), INVAL);
    parts[1] = (struct coco_buffer){UINT64_MAX - 1, 4};
    EXPECT_ERROR(coco_socket_send(ends.a, &sent, 0), INVAL);
    parts[1] = (struct coco_buffer){UNMAPPED_ADDRESS, 4};
    EXPECT_ERROR(coco_socket_send(ends.a, &sent, 0), FAULT);
    sent.buffers = UNMAPPED_ADDRESS;
    EXPECT_ERROR(coco_socket_send(ends.a, &sent, 0), FAULT);
    EXPECT_ERROR(sockets_receive(ends.b, parts, 8, 0), AGAIN); /* nothing went */
    sockets_close(&ends);
}

TEST(socket_send, too_large, RULE("socket_send.3"), RULE("socket_send.EMSGSIZE"),
     RULE("write.EMSGSIZE"))
{
    static uint8_t bytes[LARGE];
    static uint8_t got[LARGE];
    const size_t most = COCO_SOCKET_BUFFER - 64;
    struct socket_ends ends;
    for (size_t i = 0; i < LARGE; i++) {
        bytes[i] = sample(i);
    }
    REQUIRE(sockets_make(&ends, COCO_SOCKET_DATAGRAM, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, bytes, most), (int64_t)most);
    EXPECT_ERROR(coco_write(ends.a, bytes, 1), AGAIN);
    EXPECT_ERROR(coco_write(ends.a, bytes, most + 1), MSGSIZE);
    EXPECT_ERROR(sockets_send(ends.a, bytes, LARGE, 0), MSGSIZE);
    EXPECT_EQ(coco_read(ends.b, got, sizeof(got)), (int64_t)most);
    EXPECT_BYTES(got, bytes, most);
    EXPECT_OK(coco_socket_set(ends.b, COCO_SOCKET_OPTION_RECEIVE_BUFFER, 8192));
    EXPECT_ERROR(coco_write(ends.a, bytes, 8192), MSGSIZE);
    EXPECT_EQ(coco_write(ends.a, bytes, 8192 - 64), 8192 - 64);
    sockets_close(&ends);
}

TEST(socket_send, fills, RULE("socket_send.2"), RULE("socket_send.3"), RULE("socket_send.EAGAIN"))
{
    static uint8_t bytes[LARGE];
    struct socket_ends ends;
    size_t total = 0;
    int64_t part;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_TRUE(sockets_send(ends.a, bytes, LARGE, COCO_SOCKET_SEND_DONT_WAIT) >
                COCO_SOCKET_BUFFER / 2);
    EXPECT_ERROR(sockets_send(ends.a, bytes, LARGE, COCO_SOCKET_SEND_DONT_WAIT), AGAIN);
    while ((part = sockets_receive(ends.b, bytes, LARGE, COCO_SOCKET_RECEIVE_DONT_WAIT)) > 0) {
        total += (size_t)part;
    }
    EXPECT_TRUE(total > COCO_SOCKET_BUFFER / 2 && total < COCO_SOCKET_BUFFER);
    /* A flood of single bytes that nobody reads is bounded as well. */
    total = 0;
    while ((part = sockets_send(ends.a, bytes, 1, COCO_SOCKET_SEND_DONT_WAIT)) > 0) {
        total += (size_t)part;
    }
    EXPECT_EQ(part, COCO_EAGAIN);
    EXPECT_EQ(total, COCO_SOCKET_BUFFER / 65);
    sockets_close(&ends);
}

TEST(socket_send, timeout, RULE("socket_send.2"), RULE("socket_set.2"))
{
    static uint8_t bytes[LARGE];
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_OK(coco_socket_set(ends.a, COCO_SOCKET_OPTION_SEND_TIMEOUT, 20 * MILLISECONDS));
    uint64_t until = deadline_after(20 * MILLISECONDS);
    EXPECT_TRUE(coco_write(ends.a, bytes, LARGE) < LARGE);
    EXPECT_TRUE(deadline_after(0) >= until);
    EXPECT_ERROR(coco_write(ends.a, bytes, LARGE), AGAIN);
    sockets_close(&ends);
}

struct writer {
    struct thread thread;
    coco_handle_t socket;
    const uint8_t *bytes;
    size_t len;
    int64_t result;
};

static void write_all(void *argument)
{
    struct writer *writer = argument;
    writer->result = coco_write(writer->socket, writer->bytes, writer->len);
}

TEST(socket_send, waits_for_room, RULE("socket_send.1"), RULE("socket_send.2"))
{
    static uint8_t bytes[LARGE];
    static uint8_t got[LARGE];
    struct socket_ends ends;
    size_t total = 0;
    for (size_t i = 0; i < LARGE; i++) {
        bytes[i] = sample(i);
    }
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    struct writer writer = {.socket = ends.a, .bytes = bytes, .len = LARGE};
    REQUIRE_OK(thread_start(&writer.thread, write_all, &writer));
    while (total < LARGE) {
        size_t want = total % 3 == 0 ? 5000 : 70000;
        int64_t part = coco_read(ends.b, got + total, want < LARGE - total ? want : LARGE - total);
        if (!EXPECT_TRUE(part > 0)) {
            break;
        }
        total += (size_t)part;
    }
    EXPECT_OK(thread_join(&writer.thread));
    EXPECT_EQ(writer.result, LARGE);
    EXPECT_BYTES(got, bytes, LARGE);
    sockets_close(&ends);
}

/* Who waits for room is told that the other side has gone. */
TEST(socket_send, waiting_sender_is_told, RULE("socket_send.1"), RULE("socket_pair.3"))
{
    static uint8_t bytes[LARGE];
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, 0));
    EXPECT_EQ(coco_write(ends.a, bytes, 150000), 150000);
    struct writer writer = {.socket = ends.a, .bytes = bytes, .len = 150000};
    turns_begin();
    REQUIRE_OK(thread_start(&writer.thread, write_all, &writer));
    turns_pass(); /* one that has not begun would be told of the bytes that are lost */
    pipe_close_end(&ends.b);
    EXPECT_OK(thread_join(&writer.thread));
    turns_end();
    EXPECT_ERROR(writer.result, PIPE);
    sockets_close(&ends);
}

static void interrupted(struct writer *writer)
{
    signals_reset();
    REQUIRE_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_RESTART, 0));
    REQUIRE_OK(thread_start(&writer->thread, write_all, writer));
    signals_interrupt(SIGNAL_ONE, &writer->thread);
    signals_reset();
}

/* With a timeout the call is not started again, so that it cannot last longer. */
TEST(socket_send, interrupted_with_timeout, RULE("socket_send.10"), RULE("socket_send.EINTR"))
{
    static uint8_t bytes[LARGE];
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, 0));
    EXPECT_EQ(coco_write(ends.a, bytes, 150000), 150000);
    EXPECT_OK(coco_socket_set(ends.a, COCO_SOCKET_OPTION_SEND_TIMEOUT, 30 * SECONDS));
    struct writer writer = {.socket = ends.a, .bytes = bytes, .len = 150000};
    interrupted(&writer);
    EXPECT_ERROR(writer.result, INTR);
    sockets_close(&ends);
}

/* All sockets together may hold an eighth of memory. */
TEST(socket_send, budget, RULE("socket_send.9"), RULE("socket_send.ENOBUFS"), RULE("write.ENOBUFS"))
{
    static struct socket_ends ends[2000];
    static uint8_t bytes[COCO_SOCKET_BUFFER_MAX];
    size_t count = 0;
    int64_t result = 0;
    while (count < 2000 && result >= 0) {
        REQUIRE(sockets_make(&ends[count], COCO_SOCKET_SEQPACKET, COCO_STATUS_NONBLOCK));
        EXPECT_OK(coco_socket_set(ends[count].a, COCO_SOCKET_OPTION_SEND_BUFFER, sizeof(bytes)));
        EXPECT_OK(coco_socket_set(ends[count].b, COCO_SOCKET_OPTION_RECEIVE_BUFFER, sizeof(bytes)));
        result = coco_write(ends[count].a, bytes, sizeof(bytes) - 64);
        if (result < 0) {
            EXPECT_EQ(sockets_send(ends[count].a, bytes, sizeof(bytes) - 64, 0), result);
        }
        count++;
    }
    EXPECT_ERROR(result, NOBUFS);
    for (size_t i = 0; i < count; i++) {
        sockets_close(&ends[i]);
    }
}
