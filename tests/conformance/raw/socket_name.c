// SPDX-License-Identifier: MIT
// Tests of `socket_name`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"
#include "sockets.h"

#define PLACE SCRATCH "/socket"

static coco_handle_t fresh(uint32_t type)
{
    int64_t socket = coco_socket_create(type, COCO_STATUS_NONBLOCK);
    return EXPECT_TRUE(socket > 0) ? (coco_handle_t)socket : COCO_HANDLE_NONE;
}

TEST(socket_name, own, RULE("socket_name.1"))
{
    char name[16] = "................";
    coco_handle_t socket = fresh(COCO_SOCKET_DATAGRAM);
    EXPECT_EQ(coco_socket_name(socket, 0, name, 16), 0);
    EXPECT_OK(coco_socket_bind(socket, PLACE, "a name", 6, 0));
    EXPECT_EQ(coco_socket_name(socket, 0, name, 3), 6);
    EXPECT_BYTES(name, "a n.", 4);
    EXPECT_EQ(coco_socket_name(socket, 0, name, 16), 6);
    EXPECT_BYTES(name, "a name.", 7);
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(coco_close(socket));
}

TEST(socket_name, of_peer, RULE("socket_name.2"), RULE("socket_name.ENOTCONN"))
{
    char name[64];
    coco_handle_t listener = sockets_listen(PLACE, COCO_SOCKET_STREAM, 1);
    EXPECT_ERROR(coco_socket_name(listener, COCO_SOCKET_NAME_OF_PEER, name, 64), NOTCONN);
    int64_t client = sockets_connect(PLACE, COCO_SOCKET_STREAM, 0);
    REQUIRE_TRUE(client > 0);
    int64_t server = coco_socket_accept(listener, 0);
    REQUIRE_TRUE(server > 0);
    EXPECT_EQ(coco_socket_name((coco_handle_t)client, COCO_SOCKET_NAME_OF_PEER, name, 64),
              sizeof(PLACE) - 1);
    EXPECT_BYTES(name, PLACE, sizeof(PLACE) - 1);
    EXPECT_EQ(coco_socket_name((coco_handle_t)server, 0, name, 64), sizeof(PLACE) - 1);
    EXPECT_EQ(coco_socket_name((coco_handle_t)server, COCO_SOCKET_NAME_OF_PEER, name, 64), 0);
    EXPECT_OK(coco_close((coco_handle_t)client));
    EXPECT_OK(coco_close((coco_handle_t)server));
    EXPECT_OK(coco_close(listener));
    EXPECT_OK(coco_file_unlink(PLACE, 0));
}
