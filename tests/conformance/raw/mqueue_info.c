// SPDX-License-Identifier: MIT
// Tests of `mqueue_info`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "queues.h"

TEST(mqueue_info, state, RULE("mqueue_info.1"))
{
    struct coco_mqueue_info info;
    coco_handle_t queue = queue_make(5, 60, COCO_MQUEUE_OPEN_NONBLOCK);
    EXPECT_OK(queue_send(queue, "a", 0));
    EXPECT_OK(queue_send(queue, "b", 1));
    EXPECT_OK(coco_mqueue_info(queue, &info));
    EXPECT_EQ(info.message_max, 5);
    EXPECT_EQ(info.size_max, 60);
    EXPECT_EQ(info.messages, 2);
    EXPECT_EQ(info.status_flags, COCO_STATUS_NONBLOCK);
    queue_remove(queue);
}
