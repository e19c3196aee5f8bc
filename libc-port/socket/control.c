// SPDX-License-Identifier: MIT
// Ancillary data: descriptors on their way, as handles for the kernel.
#include "../private/control.h"

#include <errno.h>
#include <string.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"

struct cmsghdr *__cmsg_next(const struct msghdr *message, const struct cmsghdr *cmsg)
{
    size_t offset = (size_t)((const char *)cmsg - (const char *)message->msg_control);
    size_t left = message->msg_controllen - offset;
    if (cmsg->cmsg_len < sizeof(*cmsg) || cmsg->cmsg_len > left ||
        CMSG_ALIGN(cmsg->cmsg_len) + sizeof(*cmsg) > left) {
        return NULL;
    }
    return (struct cmsghdr *)((char *)message->msg_control + offset + CMSG_ALIGN(cmsg->cmsg_len));
}

// Hold the descriptors of one header.
static int hold(struct control *control, const struct cmsghdr *cmsg)
{
    size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
        int fd;
        memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd), sizeof(fd));
        if (control->count == COCO_MESSAGE_HANDLES_MAX) {
            errno = EINVAL;
            return -1;
        }
        struct file_description *description = __coco_fd_get(fd);
        if (!description) {
            return -1;
        }
        control->held[control->count] = description;
        control->handles[control->count] = description->handle;
        control->count++;
    }
    return 0;
}

int __coco_control_hold(struct control *control, const struct msghdr *message)
{
    control->count = 0;
    for (const struct cmsghdr *cmsg = CMSG_FIRSTHDR(message); cmsg;
         cmsg = CMSG_NXTHDR(message, cmsg)) {
        size_t left = message->msg_controllen -
                      (size_t)((const char *)cmsg - (const char *)message->msg_control);
        int result = -1;
        if (cmsg->cmsg_len < CMSG_LEN(0) || cmsg->cmsg_len > left ||
            cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS) {
            errno = EINVAL;
        } else {
            result = hold(control, cmsg);
        }
        if (result < 0) {
            __coco_control_release(control);
            return -1;
        }
    }
    return 0;
}

void __coco_control_release(struct control *control)
{
    while (control->count > 0) {
        __coco_fd_put(control->held[--control->count]);
    }
}

uint32_t __coco_control_room(const struct msghdr *message)
{
    if (!message->msg_control || message->msg_controllen < CMSG_LEN(sizeof(int))) {
        return 0;
    }
    size_t room = (message->msg_controllen - CMSG_LEN(0)) / sizeof(int);
    return (uint32_t)(room < COCO_MESSAGE_HANDLES_MAX ? room : COCO_MESSAGE_HANDLES_MAX);
}

void __coco_control_store(struct msghdr *message, const coco_handle_t *handles, uint32_t count,
                          int marks)
{
    struct cmsghdr *cmsg = message->msg_control;
    size_t given = 0;
    for (uint32_t i = 0; i < count; i++) {
        int fd = __coco_fd_install(handles[i], COCO_FD_FLAGS_UNKNOWN, marks);
        if (fd < 0) {
            message->msg_flags |= MSG_CTRUNC;
            (void)coco_close(handles[i]); // always succeeds
            continue;
        }
        memcpy(CMSG_DATA(cmsg) + given * sizeof(fd), &fd, sizeof(fd));
        given++;
    }
    if (given == 0) {
        message->msg_controllen = 0;
        return;
    }
    size_t len = CMSG_LEN(given * sizeof(int));
    size_t space = CMSG_SPACE(given * sizeof(int));
    *cmsg = (struct cmsghdr){
        .cmsg_len = (socklen_t)len, .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    message->msg_controllen = (socklen_t)(space < message->msg_controllen ? space : len);
}
