// SPDX-License-Identifier: MIT
// Tests of `socket_set`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "sockets.h"

static void expect_size(coco_handle_t socket, uint32_t option, uint64_t value, uint64_t result)
{
    EXPECT_OK(coco_socket_set(socket, option, value));
    EXPECT_EQ(sockets_option(socket, option), (int64_t)result);
}

TEST(socket_set, buffer_sizes, RULE("socket_set.1"))
{
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    for (uint32_t option = COCO_SOCKET_OPTION_SEND_BUFFER;
         option <= COCO_SOCKET_OPTION_RECEIVE_BUFFER; option++) {
        expect_size(ends.a, option, 100000, 100000);
        expect_size(ends.a, option, 0, COCO_SOCKET_BUFFER_MIN);
        expect_size(ends.a, option, UINT64_MAX, COCO_SOCKET_BUFFER_MAX);
    }
    EXPECT_EQ(sockets_option(ends.b, COCO_SOCKET_OPTION_SEND_BUFFER), COCO_SOCKET_BUFFER);
    sockets_close(&ends);
}

/* What is in a queue already is not lost when its room shrinks. */
TEST(socket_set, shrinks_below_content, RULE("socket_set.1"))
{
    static uint8_t bytes[100000];
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
    EXPECT_OK(coco_socket_set(ends.b, COCO_SOCKET_OPTION_RECEIVE_BUFFER, 0));
    EXPECT_ERROR(coco_write(ends.a, bytes, 1), AGAIN);
    EXPECT_EQ(coco_read(ends.b, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
    EXPECT_EQ(coco_write(ends.a, bytes, 1), 1);
    sockets_close(&ends);
}

TEST(socket_set, timeouts, RULE("socket_set.2"))
{
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    expect_size(ends.a, COCO_SOCKET_OPTION_SEND_TIMEOUT, 12345, 12345);
    expect_size(ends.a, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, 67890, 67890);
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_SEND_TIMEOUT), 12345);
    sockets_close(&ends);
}

TEST(socket_set, others, RULE("socket_set.3"), RULE("socket_set.EINVAL"))
{
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_ERROR(coco_socket_set(ends.a, COCO_SOCKET_OPTION_TYPE, COCO_SOCKET_STREAM), INVAL);
    EXPECT_ERROR(coco_socket_set(ends.a, COCO_SOCKET_OPTION_ERROR, 0), INVAL);
    EXPECT_ERROR(coco_socket_set(ends.a, COCO_SOCKET_OPTION_READABLE, 0), INVAL);
    EXPECT_ERROR(coco_socket_set(ends.a, 1000, 0), INVAL);
    sockets_close(&ends);
}
