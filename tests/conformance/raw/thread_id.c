// SPDX-License-Identifier: MIT
// Tests of `thread_id`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

static void store_id(void *id)
{
    *(int64_t *)id = coco_thread_id();
}

TEST(thread_id, not_zero_and_not_used_again, RULE("thread_id.1"))
{
    int64_t own = coco_thread_id();
    int64_t last = 0;
    EXPECT_TRUE(own > 0);
    for (int i = 0; i < 10; i++) {
        struct thread thread;
        int64_t id = 0;
        REQUIRE_OK(thread_start(&thread, store_id, &id));
        EXPECT_OK(thread_join(&thread));
        EXPECT_TRUE(id > last && id != own);
        last = id;
    }
    EXPECT_EQ(coco_thread_id(), own);
}
