// SPDX-License-Identifier: MIT
// Tests of `socket_get`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "sockets.h"

TEST(socket_get, options, RULE("socket_get.1"), RULE("socket_get.EINVAL"))
{
    struct socket_ends ends;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_DATAGRAM, 0));
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_TYPE), COCO_SOCKET_DATAGRAM);
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_ERROR), 0);
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_LISTENING), 0);
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_PEER_PROCESS), coco_process_id());
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_SEND_BUFFER), COCO_SOCKET_BUFFER);
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_RECEIVE_BUFFER), COCO_SOCKET_BUFFER);
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_SEND_TIMEOUT), 0);
    EXPECT_EQ(sockets_option(ends.a, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT), 0);
    EXPECT_ERROR(sockets_option(ends.a, COCO_SOCKET_OPTION_READABLE + 1), INVAL);
    EXPECT_ERROR(sockets_option(ends.a, UINT32_MAX), INVAL);
    sockets_close(&ends);
}

TEST(socket_get, readable_bytes, RULE("socket_get.1"))
{
    struct socket_ends ends;
    char byte;
    for (uint32_t type = COCO_SOCKET_STREAM; type <= COCO_SOCKET_DATAGRAM; type++) {
        REQUIRE(sockets_make(&ends, type, 0));
        EXPECT_EQ(coco_write(ends.a, "abc", 3), 3);
        EXPECT_EQ(coco_write(ends.a, "de", 2), 2);
        bool stream = type == COCO_SOCKET_STREAM;
        EXPECT_EQ(sockets_option(ends.b, COCO_SOCKET_OPTION_READABLE), stream ? 5 : 3);
        EXPECT_EQ(coco_read(ends.b, &byte, 1), 1);
        EXPECT_EQ(sockets_option(ends.b, COCO_SOCKET_OPTION_READABLE), stream ? 4 : 2);
        sockets_close(&ends);
    }
}

TEST(socket_get, no_peer, RULE("socket_get.3"), RULE("socket_get.ENOTCONN"))
{
    int64_t made = coco_socket_create(COCO_SOCKET_STREAM, 0);
    REQUIRE_TRUE(made > 0);
    EXPECT_ERROR(sockets_option((coco_handle_t)made, COCO_SOCKET_OPTION_PEER_PROCESS), NOTCONN);
    EXPECT_OK(coco_close((coco_handle_t)made));
}
