// SPDX-License-Identifier: MIT
// Addresses of sockets and the kernel's names.
#pragma once

#include <stdint.h>
#include <sys/socket.h>

#include <coconut/types.h>

/// An address of AF_UNIX, taken apart.
struct socket_path {
    char name[COCO_SOCKET_NAME_MAX + 1]; /* as the program gave it, NUL-terminated */
    uint32_t length;                     /* of the name */
    char absolute[COCO_PATH_MAX];
};

/// Take an address apart.
/// @return 0, or -1 with errno EAFNOSUPPORT, EINVAL (length, or no path), ENAMETOOLONG or ENOENT
int __coco_socket_path(struct socket_path *path, const struct sockaddr *address, socklen_t length);

/// Store a name as an address, as far as there is room.
/// @param name    `length` bytes; none: an address of the family alone
/// @param room    in: bytes at `address`; out: bytes that the whole address has
void __coco_socket_store_name(const char *name, uint32_t length, struct sockaddr *address,
                              socklen_t *room);
