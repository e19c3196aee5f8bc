// SPDX-License-Identifier: MIT
// A server in a thread of its own, over a channel of this process.
#pragma once

#include <pthread.h>

#include "round_trip.h"

struct running {
    struct coco_server server;
    coco_handle_t channel;
    pthread_t thread;
    int64_t result; /* of coco_server_run() */
};

/// Makes a channel, and on it a server of everything.json that does not run yet.
void running_make(struct running *running);

/// Runs it.
void running_start(struct running *running);

/// A connection to it, which the caller closes. `flags` as of channel_connect.
coco_handle_t running_connect(const struct running *running, uint64_t badge, uint32_t flags);

/// Asks it to stop, waits for its end and closes the channel: the result of coco_server_run().
int64_t running_stop(struct running *running);
