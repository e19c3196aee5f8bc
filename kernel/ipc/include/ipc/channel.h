// SPDX-License-Identifier: MIT
// Channels: calls and replies between threads, mostly of different processes.
//
// A channel is where calls arrive (COCO_OBJECT_CHANNEL); connections with a badge each
// (COCO_OBJECT_CONNECTION) are from where they are made. A caller waits until it has the reply, so
// nothing is queued but waiting threads, and no exchange allocates memory. Messages are those of
// the threads involved (ipc/message.h). All functions may sleep.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <object/object.h>

/// Makes a channel, one reference. ERR_NOMEM.
enum status channel_create(struct object **out) __must_check;

/// Makes a connection to the channel, one reference. `flags`: COCO_CONNECT_*. ERR_NOMEM.
enum status channel_connect(struct object *channel, uint64_t badge, uint32_t flags,
                            struct object **out) __must_check;

/// How a message is to be sent.
struct channel_request {
    uint64_t deadline;       /* monotonic ns */
    uint32_t reply_capacity; /* bytes of payload that the reply may have */
    uint16_t kind;           /* COCO_CHANNEL_CALL or SEND */
};

/// Sends the current thread's message. On OK a CALL leaves the reply in the current thread's
/// message. Errors: ERR_TOOBIG the receiver has no room; ERR_OVERFLOW the reply exceeds the
/// capacity; ERR_CANCELED channel or server went away, or the thread is to end; ERR_TIMEDOUT;
/// ERR_INTR, only before it was received. After an error the message may still hold its handles.
enum status channel_send(struct object *connection,
                         const struct channel_request *request) __must_check;

/// Waits for a message with at most `capacity` bytes of payload; it is the current thread's then. A
/// call received before and not replied to is cancelled. Errors: ERR_TIMEDOUT, ERR_CANCELED,
/// ERR_INTR.
enum status channel_receive(struct object *channel, uint32_t capacity,
                            uint64_t deadline) __must_check;

/// True if the current thread has received a call from `channel` that waits for a reply. The caller
/// may have gone all the same.
bool channel_owes_reply(struct object *channel);

/// Replies with the current thread's message. ERR_NOTREADY no call was received, or its caller has
/// gone.
enum status channel_reply(struct object *channel) __must_check;

/// Both in one step. The first is left out if no reply is owed.
enum status channel_reply_receive(struct object *channel, uint32_t capacity) __must_check;

/// The fast path of CALL with the current thread's message, which exists and has no handles: goes
/// if a thread of this CPU waits to receive. ERR_AGAIN: it does not, and nothing has changed; else
/// as channel_send(). Called with interrupts off; afterwards they may be either way.
enum status channel_call_fast(struct object *connection, uint32_t reply_capacity) __must_check;

/// The fast path of channel_reply_receive() for the channel that channel_served() names; the same.
enum status channel_reply_receive_fast(uint32_t capacity) __must_check;

/// The channel whose call the current thread serves; NULL if it serves none. It lives as long as
/// the current thread does not receive or reply.
struct object *channel_served(void);

/// Cancels the call that the current thread has received, if there is one.
void channel_abandon(void);

/// Rows of the object table.
extern const struct object_ops channel_object_ops;
extern const struct object_ops connection_object_ops;
