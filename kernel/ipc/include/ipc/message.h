// SPDX-License-Identifier: MIT
// Messages: what travels over a channel at one time.
//
// Each thread that uses channels owns one message, in its call_state. It is filled by its thread,
// changes hands with the peer's message when it is taken (bytes are not copied between threads),
// and is read by the thread that has it then. Nobody else touches it.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <object/object.h>

/// A handle on its way: a reference that counts as a handle, and its rights.
struct message_handle {
    struct object *object;
    uint32_t rights;
};

struct message {
    uint32_t handle_count; /* entries in use */
    struct message_handle handles[COCO_CHANNEL_HANDLES_MAX];
    struct coco_channel_message header; /* only `length` is set by the sender */
    uint8_t
        data[COCO_CHANNEL_MESSAGE_MAX]; /* follows the header, so that both go out in one piece */
};

/// Returns the current thread's message, with handles dropped that nobody took. Errors: ERR_NOMEM
/// at the thread's first use.
enum status message_prepare(struct message **out) __must_check;

/// The current thread's message after an exchange.
struct message *message_current(void);

/// Adds a handle to `object`, of handle_take_along(), to the message, which owns it then. There is
/// room.
void message_add_handle(struct message *message, struct object *object, uint32_t rights);

/// Drops the handles of the message.
void message_drop_handles(struct message *message);
