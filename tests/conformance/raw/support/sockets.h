// SPDX-License-Identifier: MIT
// Sockets in tests.
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct socket_ends {
    coco_handle_t a;
    coco_handle_t b;
};

/// Makes a pair of a type (COCO_SOCKET_*) with the given flags; false after recording a failure.
bool sockets_make(struct socket_ends *ends, uint32_t type, uint32_t flags);

/// Closes both ends; COCO_HANDLE_NONE is passed over.
void sockets_close(struct socket_ends *ends);

/// Sends `len` bytes with flags. Result of the call.
int64_t sockets_send(coco_handle_t socket, const void *bytes, size_t len, uint32_t flags);

/// Receives into one buffer. Result of the call.
int64_t sockets_receive(coco_handle_t socket, void *bytes, size_t len, uint32_t flags);

/// Sends one byte and `count` handles. Result of the call.
int64_t sockets_send_handles(coco_handle_t socket, const coco_handle_t *handles, uint32_t count);

/// Receives at most 8 bytes without waiting, and at most `*count` handles; `*count` and `*flags`
/// get what the call told. Result of the call.
int64_t sockets_receive_handles(coco_handle_t socket, coco_handle_t *handles, uint32_t *count,
                                uint32_t *flags);

/// Value of an option, or an error.
int64_t sockets_option(coco_handle_t socket, uint32_t option);

/// A socket that listens at `path`; COCO_HANDLE_NONE after recording a failure.
coco_handle_t sockets_listen(const char *path, uint32_t type, uint32_t backlog);

/// A socket of a type with flags that is connected to `path`; or an error that is not recorded.
int64_t sockets_connect(const char *path, uint32_t type, uint32_t flags);

/// Makes the path the socket's name, as it is told, too. Result of the call.
int64_t sockets_bind(coco_handle_t socket, const char *path);
