// SPDX-License-Identifier: MIT
// Tests of `socket_create`, and of `read` and `write` on sockets that are not connected.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"
#include "sockets.h"

static const uint32_t types[] = {COCO_SOCKET_STREAM, COCO_SOCKET_DATAGRAM, COCO_SOCKET_SEQPACKET};

TEST(socket_create, types, RULE("socket_create.1"), RULE("socket_create.3"))
{
    for (size_t i = 0; i < 3; i++) {
        coco_handle_t next = scratch_next_handle();
        int64_t socket = coco_socket_create(types[i], COCO_STATUS_NONBLOCK);
        struct coco_stat stat;
        REQUIRE_EQ(socket, next);
        int64_t info = coco_handle_info((coco_handle_t)socket);
        EXPECT_EQ((uint32_t)info, COCO_OBJECT_SOCKET);
        EXPECT_EQ((uint64_t)info >> 32, COCO_OBJECT_SOCKET_RIGHTS);
        EXPECT_EQ(coco_file_status_flags((coco_handle_t)socket, 0, 0), COCO_STATUS_NONBLOCK);
        EXPECT_EQ(sockets_option((coco_handle_t)socket, COCO_SOCKET_OPTION_TYPE), types[i]);
        EXPECT_OK(coco_file_stat((coco_handle_t)socket, &stat));
        EXPECT_EQ(stat.type, COCO_TYPE_SOCKET);
        EXPECT_TRUE(stat.inode != 0);
        EXPECT_OK(coco_close((coco_handle_t)socket));
    }
}

TEST(socket_create, unknown_types, RULE("socket_create.1"), RULE("socket_create.EINVAL"))
{
    EXPECT_ERROR(coco_socket_create(0, 0), INVAL);
    EXPECT_ERROR(coco_socket_create(3, 0), INVAL);
    EXPECT_ERROR(coco_socket_create(4, 0), INVAL);
    EXPECT_ERROR(coco_socket_create(UINT32_MAX, 0), INVAL);
}

TEST(socket_create, not_connected, RULE("socket_create.2"), RULE("read.ENOTCONN"),
     RULE("write.ENOTCONN"), RULE("socket_send.ENOTCONN"), RULE("socket_receive.ENOTCONN"))
{
    char text[4];
    for (size_t i = 0; i < 3; i++) {
        bool datagram = types[i] == COCO_SOCKET_DATAGRAM;
        int64_t made = coco_socket_create(types[i], COCO_STATUS_NONBLOCK);
        REQUIRE_TRUE(made > 0);
        coco_handle_t socket = (coco_handle_t)made;
        int64_t nothing = datagram ? COCO_EAGAIN : COCO_ENOTCONN;
        EXPECT_ERROR(coco_write(socket, "x", 1), NOTCONN);
        EXPECT_ERROR(sockets_send(socket, "x", 1, 0), NOTCONN);
        EXPECT_EQ(coco_read(socket, text, 4), nothing);
        EXPECT_EQ(sockets_receive(socket, text, 4, 0), nothing);
        EXPECT_OK(coco_close(socket));
    }
}

TEST(socket_create, full_table, RULE("socket_create.EMFILE"), RULE("socket_pair.EMFILE"))
{
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_ERROR(coco_socket_create(COCO_SOCKET_STREAM, 0), MFILE);
    EXPECT_OK(coco_close(full.last));
    EXPECT_ERROR(coco_socket_pair(COCO_SOCKET_STREAM, 0), MFILE);
    EXPECT_EQ(scratch_next_handle(), full.last);
    scratch_close_handles(full.first, full.last - 1);
}
