// SPDX-License-Identifier: MIT
// Ancillary data of messages.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <coconut/types.h>

struct file_description;

/// Descriptors that a message is to take along; their descriptions are held.
struct control {
    uint32_t count;
    struct file_description *held[COCO_MESSAGE_HANDLES_MAX];
    coco_handle_t handles[COCO_MESSAGE_HANDLES_MAX];
};

/// Read a message's headers. On success, release with __coco_control_release().
/// @return 0, or -1 with errno EINVAL (another kind of header, lengths that do not fit, too many)
/// or EBADF
int __coco_control_hold(struct control *control, const struct msghdr *message);

/// Let go of the descriptions. Leaves errno alone.
void __coco_control_release(struct control *control);

/// How many descriptors a message has room for.
uint32_t __coco_control_room(const struct msghdr *message);

/// Make descriptors of handles that came, at most as many as there is room for, and store them in
/// the message; sets msg_controllen, and MSG_CTRUNC if there are not enough descriptors.
void __coco_control_store(struct msghdr *message, const coco_handle_t *handles, uint32_t count,
                          int marks);
