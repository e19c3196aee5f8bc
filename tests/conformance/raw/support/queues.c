// SPDX-License-Identifier: MIT
#include "queues.h"

#include <coconut/coconut.h>
#include <harness/test.h>

coco_handle_t queue_make(uint32_t messages, uint32_t message_size, uint32_t flags)
{
    int64_t queue = coco_mqueue_open(
        QUEUE_PATH, QUEUE_OPEN_BOTH | COCO_MQUEUE_OPEN_CREATE | COCO_MQUEUE_OPEN_EXCLUSIVE | flags,
        0600, messages, message_size);

    return EXPECT_TRUE(queue > 0) ? (coco_handle_t)queue : COCO_HANDLE_NONE;
}

void queue_remove(coco_handle_t queue)
{
    EXPECT_OK(coco_close(queue));
    EXPECT_OK(coco_file_unlink(QUEUE_PATH, 0));
}

int64_t queue_send(coco_handle_t queue, const char *text, uint32_t priority)
{
    return coco_mqueue_send(queue, text, strlen(text), priority, COCO_FOREVER);
}
