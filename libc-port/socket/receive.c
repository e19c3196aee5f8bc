// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/control.h"
#include "../private/fd.h"
#include "../private/socket.h"
#include "../private/socket_name.h"

#define RECEIVE_FLAGS                                                                              \
    (MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL | MSG_TRUNC | MSG_NOSIGNAL | MSG_CMSG_CLOEXEC |         \
     MSG_CMSG_CLOFORK)

static uint32_t to_kernel(int flags)
{
    return (flags & MSG_PEEK ? COCO_SOCKET_RECEIVE_PEEK : 0) |
           (flags & MSG_DONTWAIT ? COCO_SOCKET_RECEIVE_DONT_WAIT : 0) |
           (flags & MSG_WAITALL ? COCO_SOCKET_RECEIVE_ALL : 0);
}

static int from_kernel(uint32_t flags)
{
    return (flags & COCO_MESSAGE_TRUNCATED ? MSG_TRUNC : 0) |
           (flags & COCO_MESSAGE_HANDLES_LOST ? MSG_CTRUNC : 0) |
           (flags & COCO_MESSAGE_END_OF_RECORD ? MSG_EOR : 0);
}

// Gives the description back as soon as the kernel has answered: a thread that is cancelled holds
// nothing.
static ssize_t receive(struct file_description *description, struct msghdr *header, int flags)
{
    coco_handle_t handles[COCO_MESSAGE_HANDLES_MAX];
    char name[COCO_SOCKET_NAME_MAX];
    struct coco_message message = {
        .buffers = (uintptr_t)header->msg_iov,
        .buffer_count = (uint32_t)header->msg_iovlen,
        .handles = (uintptr_t)handles,
        .handle_count = __coco_control_room(header),
        .name_length = header->msg_name ? sizeof(name) : 0,
        .name = (uintptr_t)name,
    };
    int64_t got = coco_cp_socket_receive(description->handle, &message, to_kernel(flags));
    __coco_fd_put(description);
    ssize_t result = __coco_socket_ret(got);
    if (result < 0) {
        return -1;
    }
    header->msg_flags = from_kernel(message.flags);
    if (header->msg_name && message.name_length > 0) {
        __coco_socket_store_name(name, message.name_length, header->msg_name, &header->msg_namelen);
    } else {
        header->msg_namelen = 0;
    }
    __coco_control_store(header, handles, message.handle_count,
                         (flags & MSG_CMSG_CLOEXEC ? FD_CLOEXEC : 0) |
                             (flags & MSG_CMSG_CLOFORK ? FD_CLOFORK : 0));
    return (flags & MSG_TRUNC) && (message.flags & COCO_MESSAGE_TRUNCATED) ? (ssize_t)message.size
                                                                           : result;
}

ssize_t recvmsg(int fd, struct msghdr *header, int flags)
{
    if ((flags & ~RECEIVE_FLAGS) != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (header->msg_iovlen < 0 || header->msg_iovlen > IOV_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    return receive(description, header, flags);
}

ssize_t recvfrom(int fd, void *restrict bytes, size_t length, int flags,
                 struct sockaddr *restrict from, socklen_t *restrict from_length)
{
    struct iovec part = {.iov_base = bytes, .iov_len = length > SSIZE_MAX ? SSIZE_MAX : length};
    struct msghdr header = {.msg_name = from,
                            .msg_namelen = from && from_length ? *from_length : 0,
                            .msg_iov = &part,
                            .msg_iovlen = 1};
    ssize_t result = recvmsg(fd, &header, flags);
    if (result >= 0 && from_length) {
        *from_length = header.msg_namelen;
    }
    return result;
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    return recvfrom(fd, bytes, length, flags, NULL, NULL);
}
