// SPDX-License-Identifier: MIT
// Copying what came over a channel to the caller: in place where nothing is out of the ordinary.
// Private to syscall.
#pragma once

#include <ipc/message.h>
#include <mm/user_copy.h>

/// Bytes of payload that a buffer of `len` bytes has room for.
static inline uint32_t channel_capacity(uint64_t len)
{
    return len > COCO_CHANNEL_MESSAGE_MAX ? COCO_CHANNEL_MESSAGE_MAX : (uint32_t)len;
}

/// The same behind a header; false if there is not even room for that.
static inline bool channel_receiver_capacity(uint64_t len, uint32_t *capacity)
{
    if (unlikely(len < sizeof(struct coco_channel_message))) {
        return false;
    }
    *capacity = channel_capacity(len - sizeof(struct coco_channel_message));
    return true;
}

/// The long ways of the functions below. Any interrupt state; on afterwards.
int64_t channel_take_reply_slow(uaddr_t to);
int64_t channel_deliver_slow(uaddr_t to);

/// Copies the payload of the current thread's message to `to`. Result of the system call. Any
/// interrupt state.
static inline int64_t channel_take_reply(uaddr_t to)
{
    const struct message *reply = message_current();
    uint32_t length = reply->header.length;

    return likely(length == 0 || user_copy_out_plain(to, reply->data, length))
               ? (int64_t)length
               : channel_take_reply_slow(to);
}

/// The header's entries are all unused: what an earlier owner of the message got there is not told.
static inline void channel_no_handles(struct coco_channel_message *header)
{
    for (uint32_t i = 0; i < COCO_CHANNEL_HANDLES_MAX; i++) {
        header->handles[i] = COCO_HANDLE_NONE;
    }
}

/// Copies header and payload of the message that was received, and gives its handles to the
/// process. Result of the system call. Any interrupt state.
static inline int64_t channel_deliver(uaddr_t to)
{
    struct message *message = message_current();
    uint32_t length = message->header.length;

    message->header.handle_count = (uint16_t)message->handle_count;
    channel_no_handles(&message->header);
    return likely(message->handle_count == 0 &&
                  user_copy_out_plain(to, &message->header, sizeof(message->header) + length))
               ? (int64_t)length
               : channel_deliver_slow(to);
}
