// SPDX-License-Identifier: MIT
// Tests of `socket_pair`: what goes in comes out, ends, and processes.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "pipes.h"
#include "scratch.h"
#include "sockets.h"

TEST(socket_pair, handles, RULE("socket_pair.1"), RULE("socket_pair.EINVAL"))
{
    coco_handle_t next = scratch_next_handle();
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(ends.a, next);
    EXPECT_EQ(ends.b, next + 1);
    EXPECT_EQ(coco_file_status_flags(ends.a, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_EQ(coco_file_status_flags(ends.b, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_EQ(sockets_option(ends.b, COCO_SOCKET_OPTION_TYPE), COCO_SOCKET_SEQPACKET);
    sockets_close(&ends);
    EXPECT_ERROR(coco_socket_pair(0, 0), INVAL);
    EXPECT_EQ(scratch_next_handle(), next);
}

TEST(socket_pair, stream_has_no_boundaries, RULE("socket_pair.2"), RULE("read.6"), RULE("write.6"))
{
    struct socket_ends ends;
    char text[16];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
    EXPECT_EQ(coco_write(ends.a, "defg", 4), 4);
    EXPECT_EQ(coco_write(ends.b, "other", 5), 5);
    EXPECT_EQ(coco_read(ends.b, text, 0), 0);
    EXPECT_EQ(coco_read(ends.b, text, 2), 2);
    EXPECT_EQ(coco_read(ends.b, text + 2, 16), 5);
    EXPECT_BYTES(text, "abcdefg", 7);
    EXPECT_ERROR(coco_read(ends.b, text, 1), AGAIN);
    EXPECT_EQ(coco_read(ends.a, text, 16), 5);
    EXPECT_BYTES(text, "other", 5);
    EXPECT_EQ(coco_write(ends.a, "", 0), 0);
    EXPECT_ERROR(coco_read(ends.b, text, 1), AGAIN);
    sockets_close(&ends);
}

static void packets_stay_whole(uint32_t type)
{
    struct socket_ends ends;
    char text[16];
    REQUIRE(sockets_make(&ends, type, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
    EXPECT_EQ(sockets_send(ends.a, "", 0, 0), 0);
    EXPECT_EQ(coco_write(ends.a, "defg", 4), 4);
    EXPECT_EQ(coco_read(ends.b, text, 0), 0);
    EXPECT_EQ(coco_read(ends.b, text, 16), 3);
    EXPECT_BYTES(text, "abc", 3);
    EXPECT_EQ(coco_read(ends.b, text, 16), 0);
    EXPECT_EQ(coco_read(ends.b, text, 2), 2);
    EXPECT_BYTES(text, "de", 2);
    EXPECT_ERROR(coco_read(ends.b, text, 16), AGAIN);
    sockets_close(&ends);
}

TEST(socket_pair, packets, RULE("socket_pair.2"), RULE("socket_send.4"))
{
    packets_stay_whole(COCO_SOCKET_SEQPACKET);
    packets_stay_whole(COCO_SOCKET_DATAGRAM);
}

TEST(socket_pair, ends_of_the_other_side, RULE("socket_pair.3"), RULE("socket_send.EPIPE"))
{
    struct socket_ends ends;
    char text[8];
    for (uint32_t type = COCO_SOCKET_STREAM; type <= COCO_SOCKET_SEQPACKET; type += 4) {
        REQUIRE(sockets_make(&ends, type, 0));
        int64_t copy = coco_handle_duplicate(ends.a, COCO_RIGHTS_SAME);
        REQUIRE_TRUE(copy > 0);
        EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
        pipe_close_end(&ends.a);
        EXPECT_EQ(coco_write(ends.b, "x", 1), 1);
        EXPECT_EQ(coco_read((coco_handle_t)copy, text, 1), 1);
        EXPECT_OK(coco_close((coco_handle_t)copy));
        EXPECT_EQ(coco_read(ends.b, text, 8), 3);
        EXPECT_EQ(coco_read(ends.b, text, 8), 0);
        EXPECT_EQ(coco_read(ends.b, text, 8), 0);
        EXPECT_ERROR(coco_write(ends.b, "x", 1), PIPE);
        sockets_close(&ends);
    }
}

TEST(socket_pair, datagrams_to_nobody, RULE("socket_pair.3"), RULE("write.ECONNREFUSED"),
     RULE("socket_send.ECONNREFUSED"))
{
    struct socket_ends ends;
    char text[4];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_DATAGRAM, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, "x", 1), 1);
    pipe_close_end(&ends.a);
    EXPECT_EQ(coco_read(ends.b, text, 4), 1);
    EXPECT_ERROR(coco_read(ends.b, text, 4), AGAIN);
    EXPECT_ERROR(coco_write(ends.b, "x", 1), CONNREFUSED);
    EXPECT_ERROR(sockets_send(ends.b, "x", 1, 0), CONNREFUSED);
    sockets_close(&ends);
}

TEST(socket_pair, reset, RULE("socket_pair.4"), RULE("read.ECONNRESET"), RULE("write.ECONNRESET"),
     RULE("socket_receive.ECONNRESET"), RULE("socket_send.ECONNRESET"), RULE("socket_get.2"))
{
    struct socket_ends ends;
    char text[4];
    for (unsigned how = 0; how < 5; how++) {
        REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
        EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
        EXPECT_EQ(coco_write(ends.b, "12", 2), 2);
        pipe_close_end(&ends.b);
        EXPECT_EQ(coco_read(ends.a, text, 2), 2); /* what was sent comes first */
        if (how == 0) {
            EXPECT_ERROR(coco_read(ends.a, text, 4), CONNRESET);
        } else if (how == 1) {
            EXPECT_ERROR(coco_write(ends.a, "x", 1), CONNRESET);
        } else if (how == 2) {
            EXPECT_ERROR(sockets_receive(ends.a, text, 4, 0), CONNRESET);
        } else if (how == 3) {
            EXPECT_ERROR(sockets_send(ends.a, "x", 1, 0), CONNRESET);
        } else {
            EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_ERROR), -COCO_ECONNRESET);
        }
        EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_ERROR), 0);
        EXPECT_EQ(coco_read(ends.a, text, 4), 0);
        EXPECT_ERROR(coco_write(ends.a, "x", 1), PIPE);
        sockets_close(&ends);
    }
}

TEST(socket_pair, to_a_child, RULE("socket_pair.3"))
{
    struct socket_ends ends;
    struct coco_exit_status status;
    char text[32];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    const struct coco_spawn_handle given[] = {
        {.handle = ends.b, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9}};
    int64_t process = child_spawn(
        &(struct child){.arguments = {"pipe_greeting"}, .handles = given, .handle_count = 1});
    REQUIRE_TRUE(process > 0);
    pipe_close_end(&ends.b);
    EXPECT_EQ(coco_read(ends.a, text, 5), 5);
    EXPECT_BYTES(text, "hello", 5);
    EXPECT_EQ(coco_read(ends.a, text, 5), 0); /* the child has ended */
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    sockets_close(&ends);
}

#define EXCHANGES 3000u

/* Answers each packet until the other side goes. */
static void answer_all(void *argument)
{
    const struct socket_ends *ends = argument;
    uint8_t bytes[64];
    int64_t got;
    while ((got = coco_read(ends->b, bytes, sizeof(bytes))) > 0) {
        EXPECT_EQ(coco_write(ends->b, bytes, (size_t)got), got);
    }
    EXPECT_EQ(got, 0);
}

/* No wake-up is lost: each side waits for the other again and again. */
TEST(socket_pair, back_and_forth, RULE("socket_pair.2"), RULE("socket_receive.4"))
{
    struct socket_ends ends;
    struct thread thread;
    uint8_t bytes[64] = {0};
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, 0));
    REQUIRE_OK(thread_start(&thread, answer_all, &ends));
    for (unsigned i = 1; i <= EXCHANGES; i++) {
        size_t len = 1 + i % sizeof(bytes);
        bytes[0] = (uint8_t)i;
        REQUIRE_EQ(coco_write(ends.a, bytes, len), (int64_t)len);
        bytes[0] = 0;
        REQUIRE_EQ(coco_read(ends.a, bytes, sizeof(bytes)), (int64_t)len);
        REQUIRE_EQ(bytes[0], (uint8_t)i);
    }
    EXPECT_OK(coco_socket_shutdown(ends.a, COCO_SOCKET_SHUTDOWN_SEND));
    EXPECT_OK(thread_join(&thread));
    sockets_close(&ends);
}
