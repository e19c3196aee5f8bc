// SPDX-License-Identifier: MIT
#include "sockets.h"

#include <coconut/coconut.h>
#include <harness/test.h>

#include "pipes.h"

bool sockets_make(struct socket_ends *ends, uint32_t type, uint32_t flags)
{
    int64_t pair = coco_socket_pair(type, flags);

    *ends = (struct socket_ends){COCO_HANDLE_NONE, COCO_HANDLE_NONE};
    if (!EXPECT_TRUE(pair > 0)) {
        return false;
    }
    ends->a = (coco_handle_t)pair;
    ends->b = (coco_handle_t)(pair >> 32);
    return true;
}

void sockets_close(struct socket_ends *ends)
{
    pipe_close_end(&ends->a);
    pipe_close_end(&ends->b);
}

int64_t sockets_send(coco_handle_t socket, const void *bytes, size_t len, uint32_t flags)
{
    const struct coco_buffer part = {(uintptr_t)bytes, len};
    const struct coco_message message = {.buffers = (uintptr_t)&part, .buffer_count = 1};

    return coco_socket_send(socket, &message, flags);
}

int64_t sockets_receive(coco_handle_t socket, void *bytes, size_t len, uint32_t flags)
{
    const struct coco_buffer part = {(uintptr_t)bytes, len};
    struct coco_message message = {.buffers = (uintptr_t)&part, .buffer_count = 1};

    return coco_socket_receive(socket, &message, flags);
}

int64_t sockets_send_handles(coco_handle_t socket, const coco_handle_t *handles, uint32_t count)
{
    const struct coco_buffer part = {(uintptr_t)"h", 1};
    const struct coco_message message = {
        .buffers = (uintptr_t)&part,
        .buffer_count = 1,
        .handles = (uintptr_t)handles,
        .handle_count = count,
    };

    return coco_socket_send(socket, &message, COCO_SOCKET_SEND_DONT_WAIT);
}

int64_t sockets_receive_handles(coco_handle_t socket, coco_handle_t *handles, uint32_t *count,
                                uint32_t *flags)
{
    char bytes[8];
    const struct coco_buffer part = {(uintptr_t)bytes, sizeof(bytes)};
    struct coco_message message = {
        .buffers = (uintptr_t)&part,
        .buffer_count = 1,
        .handles = (uintptr_t)handles,
        .handle_count = *count,
    };
    int64_t result = coco_socket_receive(socket, &message, COCO_SOCKET_RECEIVE_DONT_WAIT);

    *count = message.handle_count;
    *flags = message.flags;
    return result;
}

int64_t sockets_option(coco_handle_t socket, uint32_t option)
{
    return coco_socket_get(socket, option);
}

int64_t sockets_bind(coco_handle_t socket, const char *path)
{
    return coco_socket_bind(socket, path, path, strlen(path), 0755);
}

coco_handle_t sockets_listen(const char *path, uint32_t type, uint32_t backlog)
{
    int64_t socket = coco_socket_create(type, 0);

    if (!EXPECT_TRUE(socket > 0) || !EXPECT_OK(sockets_bind((coco_handle_t)socket, path)) ||
        !EXPECT_OK(coco_socket_listen((coco_handle_t)socket, backlog))) {
        return COCO_HANDLE_NONE;
    }
    return (coco_handle_t)socket;
}

int64_t sockets_connect(const char *path, uint32_t type, uint32_t flags)
{
    int64_t socket = coco_socket_create(type, flags);

    if (socket < 0) {
        return socket;
    }
    int64_t result = coco_socket_connect((coco_handle_t)socket, path);
    if (result < 0) {
        EXPECT_OK(coco_close((coco_handle_t)socket));
    }
    return result < 0 ? result : socket;
}
