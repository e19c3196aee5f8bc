// SPDX-License-Identifier: MIT
// The fast path of channel_call and channel_reply_receive: short of what can go wrong, the same as
// thunk and handler. Whatever is not as expected is left to those, which find all as it was.
#include <arch/cpu.h>
#include <ipc/channel.h>
#include <ipc/message.h>
#include <object/handle.h>
#include <task/process.h>

#include "channel_copy.h"
#include "decode.h"
#include "fast_path.h"

/// Fills the current thread's message. False if it has none yet, or that holds handles, or the
/// bytes are not there.
static inline bool fill(uint64_t address, uint64_t len)
{
    struct message *message = message_current();

    if (unlikely(message == NULL || message->handle_count != 0 || len > COCO_CHANNEL_MESSAGE_MAX)) {
        return false;
    }
    message->header.length = (uint32_t)len;
    return len == 0 ? decode_range(address, 0)
                    : user_copy_in_plain(message->data, uaddr(address), (size_t)len);
}

static inline int64_t call(const struct syscall_frame *frame)
{
    struct handle_table *table = process_handles(process_current());
    struct object *connection;
    enum status status;

    if (unlikely(!decode_is_32(frame->args[0]) || !fill(frame->args[1], frame->args[2]))) {
        return ERR_AGAIN;
    }
    connection =
        handle_get_plain(table, (uint32_t)frame->args[0], COCO_OBJECT_CONNECTION, COCO_RIGHT_WRITE);
    if (unlikely(connection == NULL)) {
        return ERR_AGAIN;
    }
    status = channel_call_fast(connection, channel_capacity(frame->args[4]));
    if (unlikely(status != ERR_AGAIN)) {
        arch_irq_enable();
    }
    object_put_plain(connection);
    return status == OK ? channel_take_reply(uaddr(frame->args[3])) : status;
}

static inline int64_t reply_receive(const struct syscall_frame *frame)
{
    const struct object *channel = channel_served();
    uint32_t capacity;
    enum status status;

    if (unlikely(channel == NULL || !decode_is_32(frame->args[0]) ||
                 !channel_receiver_capacity(frame->args[4], &capacity) ||
                 !fill(frame->args[1], frame->args[2]) ||
                 !handle_names(process_handles(process_current()), (uint32_t)frame->args[0],
                               channel, COCO_RIGHT_READ))) {
        return ERR_AGAIN;
    }
    status = channel_reply_receive_fast(capacity);
    return status == OK ? channel_deliver(uaddr(frame->args[3])) : status;
}

int64_t fast_path(const struct syscall_frame *frame)
{
    return frame->number == COCO_SYS_CHANNEL_CALL ? call(frame) : reply_receive(frame);
}
