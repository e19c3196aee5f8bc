// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/control.h"
#include "../private/fd.h"
#include "../private/socket.h"
#include "../private/socket_name.h"

#define SEND_FLAGS (MSG_DONTROUTE | MSG_DONTWAIT | MSG_EOR | MSG_NOSIGNAL)

// Send to what a held description stands for. MSG_DONTROUTE means nothing here.
static int64_t transmit(coco_handle_t socket, const struct coco_message *message, int flags)
{
    uint32_t kernel_flags = (flags & MSG_DONTWAIT ? COCO_SOCKET_SEND_DONT_WAIT : 0) |
                            (flags & MSG_EOR ? COCO_SOCKET_SEND_END_OF_RECORD : 0);
    int64_t result = coco_cp_socket_send(socket, message, kernel_flags);
    if (result == COCO_EPIPE && (flags & MSG_NOSIGNAL) == 0) {
        (void)raise(SIGPIPE); // a valid signal; with a handler, or ignored, we come back
    }
    return result;
}

static ssize_t send_message(int fd, struct coco_message *message, const struct msghdr *header,
                            int flags)
{
    struct control control;
    struct socket_path path;
    if ((flags & ~SEND_FLAGS) != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (header->msg_name) {
        if (__coco_socket_path(&path, header->msg_name, header->msg_namelen) < 0) {
            return -1;
        }
        message->path = (uintptr_t)path.absolute;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    if (__coco_control_hold(&control, header) < 0) {
        __coco_fd_put(description);
        return -1;
    }
    message->handles = (uintptr_t)control.handles;
    message->handle_count = control.count;
    int64_t result = transmit(description->handle, message, flags);
    __coco_control_release(&control);
    __coco_fd_put(description);
    return __coco_socket_ret(result);
}

ssize_t sendmsg(int fd, const struct msghdr *header, int flags)
{
    if (header->msg_iovlen < 0 || header->msg_iovlen > IOV_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    struct coco_message message = {.buffers = (uintptr_t)header->msg_iov,
                                   .buffer_count = (uint32_t)header->msg_iovlen};
    return send_message(fd, &message, header, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to,
               socklen_t to_length)
{
    struct iovec part = {.iov_base = (void *)bytes, // only read
                         .iov_len = length > SSIZE_MAX ? SSIZE_MAX : length};
    const struct msghdr header = {
        .msg_name = (void *)to, .msg_namelen = to_length, .msg_iov = &part, .msg_iovlen = 1};
    return sendmsg(fd, &header, flags);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    return sendto(fd, bytes, length, flags, NULL, 0);
}
