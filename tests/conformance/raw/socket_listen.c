// SPDX-License-Identifier: MIT
// Tests of `socket_listen`.
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

TEST(socket_listen, refusals, RULE("socket_listen.2"), RULE("socket_listen.EINVAL"),
     RULE("socket_listen.EDESTADDRREQ"), RULE("socket_accept.4"), RULE("socket_accept.EINVAL"))
{
    struct socket_ends ends;
    int64_t socket = coco_socket_create(COCO_SOCKET_STREAM, 0);
    REQUIRE_TRUE(socket > 0);
    EXPECT_ERROR(coco_socket_listen((coco_handle_t)socket, 1), DESTADDRREQ);
    EXPECT_ERROR(coco_socket_accept((coco_handle_t)socket, 0), INVAL);
    EXPECT_OK(coco_close((coco_handle_t)socket));
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_OK(sockets_bind(ends.a, PLACE));
    EXPECT_ERROR(coco_socket_listen(ends.a, 1), INVAL);
    EXPECT_ERROR(coco_socket_accept(ends.a, 0), INVAL);
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    sockets_close(&ends);
    REQUIRE(sockets_make(&ends, COCO_SOCKET_DATAGRAM, 0));
    EXPECT_ERROR(coco_socket_listen(ends.a, 1), NOTSUPP);
    EXPECT_ERROR(coco_socket_accept(ends.a, 0), NOTSUPP);
    sockets_close(&ends);
}

TEST(socket_listen, backlog, RULE("socket_listen.1"), RULE("socket_connect.1"),
     RULE("socket_connect.EAGAIN"))
{
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 0);
    int64_t clients[3];
    clients[0] = sockets_connect(PLACE, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK);
    EXPECT_TRUE(clients[0] > 0);
    EXPECT_ERROR(sockets_connect(PLACE, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK), AGAIN);
    EXPECT_OK(coco_socket_listen(listener, 2));
    clients[1] = sockets_connect(PLACE, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK);
    EXPECT_TRUE(clients[1] > 0);
    clients[2] = coco_socket_create(COCO_SOCKET_STREAM, 0);
    EXPECT_OK(coco_socket_set((coco_handle_t)clients[2], COCO_SOCKET_OPTION_SEND_TIMEOUT,
                              10 * MILLISECONDS));
    EXPECT_ERROR(coco_socket_connect((coco_handle_t)clients[2], PLACE), AGAIN);
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_OK(coco_close((coco_handle_t)clients[i]));
    }
    stop(listener);
}
