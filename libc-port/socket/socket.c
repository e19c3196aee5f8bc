// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"
#include "../private/socket.h"

_Static_assert(SOCK_STREAM == COCO_SOCKET_STREAM && SOCK_DGRAM == COCO_SOCKET_DATAGRAM &&
                   SOCK_SEQPACKET == COCO_SOCKET_SEQPACKET,
               "types have the kernel's numbers");

uint32_t __coco_socket_type(int type, int protocol, uint32_t *status, int *marks)
{
    int kind = type & ~(SOCK_CLOEXEC | SOCK_CLOFORK | SOCK_NONBLOCK);
    *status = type & SOCK_NONBLOCK ? COCO_STATUS_NONBLOCK : 0;
    *marks = __coco_socket_marks(type);
    if (kind != SOCK_STREAM && kind != SOCK_DGRAM && kind != SOCK_SEQPACKET) {
        errno = kind == SOCK_RAW ? EPROTOTYPE : EINVAL;
        return 0;
    }
    if (protocol != 0 && protocol != PF_UNIX) {
        errno = EPROTONOSUPPORT;
        return 0;
    }
    return (uint32_t)kind;
}

int socket(int domain, int type, int protocol)
{
    uint32_t status;
    int marks;
    if (domain != AF_UNIX) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    uint32_t kind = __coco_socket_type(type, protocol, &status, &marks);
    if (kind == 0) {
        return -1;
    }
    long handle = __coco_ret(coco_socket_create(kind, status));
    if (handle < 0) {
        return -1;
    }
    int fd = __coco_fd_install((coco_handle_t)handle, O_RDWR, marks);
    if (fd < 0) {
        (void)coco_close((coco_handle_t)handle); // always succeeds
    }
    return fd;
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
    uint32_t status;
    int marks;
    if (domain != AF_UNIX) {
        errno = domain == AF_INET || domain == AF_INET6 ? EOPNOTSUPP : EAFNOSUPPORT;
        return -1;
    }
    uint32_t kind = __coco_socket_type(type, protocol, &status, &marks);
    if (kind == 0) {
        return -1;
    }
    long ends = __coco_ret(coco_socket_pair(kind, status));
    if (ends < 0) {
        return -1;
    }
    return __coco_fd_install_two(ends, (const int[]){O_RDWR, O_RDWR}, marks, pair);
}

int shutdown(int fd, int how)
{
    static const uint32_t directions[] = {
        [SHUT_RD] = COCO_SOCKET_SHUTDOWN_RECEIVE,
        [SHUT_WR] = COCO_SOCKET_SHUTDOWN_SEND,
        [SHUT_RDWR] = COCO_SOCKET_SHUTDOWN_MASK,
    };
    if (how < SHUT_RD || how > SHUT_RDWR) {
        errno = EINVAL;
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    long result = __coco_socket_ret(coco_socket_shutdown(description->handle, directions[how]));
    __coco_fd_put(description);
    return (int)result;
}

int sockatmark(int fd)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    __coco_fd_put(description);
    errno = ENOTTY;
    return -1;
}
