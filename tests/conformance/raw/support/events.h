// SPDX-License-Identifier: MIT
// Events, and threads that wait for them.
#pragma once

#include <coconut/types.h>

#include <harness/thread.h>
#include <stdbool.h>
#include <stdint.h>

/// Makes an event; COCO_HANDLE_NONE after recording a failure.
coco_handle_t event_made(uint64_t bits);

/// What object_poll returns for it now.
uint32_t event_poll(coco_handle_t event, uint32_t wanted);

/// A thread that waits once. The caller fills in the first three members.
struct event_waiter {
    coco_handle_t event;
    uint64_t bits;
    uint64_t deadline;
    uint64_t id;    /* of the thread; atomic, 0 until it runs */
    uint32_t ended; /* atomic */
    int64_t result;
    struct thread thread;
};

/// Starts it and gives it time to wait.
bool event_waiter_start(struct event_waiter *waiter);

/// How many of them have ended.
int event_waiters_ended(const struct event_waiter *waiters, int count);

/// Waits for its end; the result of its event_wait.
int64_t event_waiter_end(struct event_waiter *waiter);
