// SPDX-License-Identifier: MIT
// What the functions on sockets share.
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <coconut/types.h>

/// POSIX's form of the result of a call on a socket: NOTSUPP is ENOTSOCK.
/// @return result, or -1 with errno
long __coco_socket_ret(int64_t result);

/// The kernel's number for a type of socket, which may have SOCK_CLOEXEC and SOCK_NONBLOCK.
/// @param status   gets COCO_STATUS_*
/// @param marks    gets those that SOCK_CLOEXEC and SOCK_CLOFORK stand for
/// @return COCO_SOCKET_*, or 0 with errno EPROTONOSUPPORT, EPROTOTYPE or EINVAL
uint32_t __coco_socket_type(int type, int protocol, uint32_t *status, int *marks);

/// The descriptor's marks that SOCK_CLOEXEC and SOCK_CLOFORK stand for.
static inline int __coco_socket_marks(int flags)
{
    return (flags & SOCK_CLOEXEC ? FD_CLOEXEC : 0) | (flags & SOCK_CLOFORK ? FD_CLOFORK : 0);
}

/// Whether a handle is one on a socket.
bool __coco_is_socket(coco_handle_t handle);

/// The same of a descriptor; false if it is not open. Leaves errno alone.
bool __coco_fd_is_socket(int fd);

/// Buffers of both sides have the same layout.
_Static_assert(sizeof(struct iovec) == sizeof(struct coco_buffer), "iovec is coco_buffer");
_Static_assert(offsetof(struct iovec, iov_len) == offsetof(struct coco_buffer, length),
               "iovec is coco_buffer");
