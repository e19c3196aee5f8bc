// SPDX-License-Identifier: MIT
// Tests of `socket_bind`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"
#include "sockets.h"

#define PLACE SCRATCH "/socket"

static coco_handle_t fresh(uint32_t type)
{
    int64_t socket = coco_socket_create(type, COCO_STATUS_NONBLOCK);
    return EXPECT_TRUE(socket > 0) ? (coco_handle_t)socket : COCO_HANDLE_NONE;
}

TEST(socket_bind, makes_a_node, RULE("socket_bind.1"), RULE("socket_bind.4"))
{
    struct coco_stat stat;
    coco_handle_t socket = fresh(COCO_SOCKET_STREAM);
    coco_handle_t other = fresh(COCO_SOCKET_STREAM);
    EXPECT_OK(coco_socket_bind(socket, PLACE, "name", 4, 0640));
    EXPECT_OK(coco_file_stat_path(PLACE, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_SOCKET);
    EXPECT_EQ(stat.permissions, 0640);
    EXPECT_ERROR(coco_file_open(PLACE, COCO_FILE_READ, 0), NXIO);
    EXPECT_ERROR(sockets_bind(other, PLACE), ADDRINUSE);
    EXPECT_OK(coco_close(socket));
    EXPECT_OK(coco_file_stat_path(PLACE, &stat)); /* stays */
    EXPECT_ERROR(sockets_bind(other, PLACE), ADDRINUSE);
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(sockets_bind(other, PLACE));
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(coco_close(other));
}

TEST(socket_bind, refusals, RULE("socket_bind.2"), RULE("socket_bind.3"),
     RULE("socket_bind.EINVAL"), RULE("socket_bind.EADDRINUSE"), RULE("socket_bind.ENOTFOUND"),
     RULE("socket_bind.ENOTDIR"), RULE("socket_bind.ENAMETOOLONG"))
{
    static char bytes[300];
    coco_handle_t socket = fresh(COCO_SOCKET_DATAGRAM);
    memset(bytes, 'x', sizeof(bytes) - 1);
    bytes[0] = '/';
    EXPECT_ERROR(coco_socket_bind(socket, PLACE, bytes, 0, 0), INVAL);
    EXPECT_ERROR(coco_socket_bind(socket, PLACE, bytes, COCO_SOCKET_NAME_MAX + 1, 0), INVAL);
    EXPECT_ERROR(coco_socket_bind(socket, PLACE, (void *)(uintptr_t)UNMAPPED_ADDRESS, 4, 0), FAULT);
    EXPECT_ERROR(coco_socket_bind(socket, SCRATCH "/no/socket", "x", 1, 0), NOTFOUND);
    EXPECT_OK(scratch_file(SCRATCH "/file", "x", 1));
    EXPECT_ERROR(coco_socket_bind(socket, SCRATCH "/file/socket", "x", 1, 0), NOTDIR);
    EXPECT_ERROR(coco_socket_bind(socket, SCRATCH "/file", "x", 1, 0), ADDRINUSE);
    EXPECT_ERROR(coco_socket_bind(socket, "/", "x", 1, 0), ADDRINUSE);
    EXPECT_ERROR(coco_socket_bind(socket, bytes, "x", 1, 0), NAMETOOLONG);
    EXPECT_OK(coco_file_unlink(SCRATCH "/file", 0));
    /* Nothing of this gave it a name. */
    EXPECT_OK(coco_socket_bind(socket, PLACE, bytes, COCO_SOCKET_NAME_MAX, 0));
    EXPECT_ERROR(sockets_bind(socket, SCRATCH "/again"), INVAL);
    EXPECT_ERROR(coco_file_unlink(SCRATCH "/again", 0), NOTFOUND);
    EXPECT_OK(coco_file_unlink(PLACE, 0));
    EXPECT_OK(coco_close(socket));
}
