// SPDX-License-Identifier: MIT
// Channels with a client in another thread.
#pragma once

#include <coconut/types.h>

#include <harness/thread.h>
#include <stdbool.h>
#include <stdint.h>

#define CHANNEL_BADGE 0xfedcba9876543210ull

struct channel_pair {
    coco_handle_t channel;
    coco_handle_t connection;
};

/// What a receiver gets.
struct channel_message {
    struct coco_channel_message header;
    uint8_t data[COCO_CHANNEL_MESSAGE_MAX];
};

/// Makes a channel and a connection with CHANNEL_BADGE; `flags` as channel_connect takes them.
bool channel_make(struct channel_pair *pair, uint32_t flags);

/// Closes what is open of both.
void channel_close(struct channel_pair *pair);

/// Closes one end, unless it is closed.
void channel_close_end(coco_handle_t *end);

/// A thread that makes one exchange. The caller fills in the first two members.
struct channel_client {
    coco_handle_t connection;
    struct coco_exchange exchange;
    int64_t result;
    uint64_t id; /* of the thread; atomic, 0 until it runs */
    struct thread thread;
};

/// An exchange of `kind` that sends `length` bytes at `payload`, with a deadline that only a hang
/// reaches.
struct coco_exchange channel_exchange_of(uint32_t kind, const void *payload, uint32_t length);

/// Starts a client, and waits until its message can be received, if nobody else receives.
bool channel_client_start(struct channel_client *client);
bool channel_client_queue(struct channel_client *client, const struct channel_pair *pair);

/// Waits for its end; returns the result of its exchange.
int64_t channel_client_end(struct channel_client *client);

/// channel_receive with a deadline that only a hang reaches.
int64_t channel_get(coco_handle_t channel, struct channel_message *message);

/// A thread that receives once and replies with `reply`, unless `reply_length` is UINT32_MAX.
struct channel_server {
    coco_handle_t channel;
    const void *reply;
    uint32_t reply_length;
    uint32_t capacity; /* bytes of payload it has room for */
    int64_t result;    /* of channel_receive, or the error of channel_reply */
    struct channel_message message;
    struct thread thread;
};

bool channel_server_start(struct channel_server *server);
int64_t channel_server_end(struct channel_server *server);
