// SPDX-License-Identifier: MIT
// Message queues in tests.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

#define QUEUE_PATH "/raw/queue"
#define QUEUE_OPEN_BOTH (COCO_MQUEUE_OPEN_READ | COCO_MQUEUE_OPEN_WRITE)

/// A new queue at QUEUE_PATH, open for both; COCO_HANDLE_NONE after recording a failure.
coco_handle_t queue_make(uint32_t messages, uint32_t message_size, uint32_t flags);

/// Closes it and removes the name.
void queue_remove(coco_handle_t queue);

/// Sends a text without its NUL. Result of the call.
int64_t queue_send(coco_handle_t queue, const char *text, uint32_t priority);
