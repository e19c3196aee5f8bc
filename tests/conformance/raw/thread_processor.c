// SPDX-License-Identifier: MIT
// Tests of `thread_processor`.
#include <coconut/coconut.h>
#include <harness/test.h>

TEST(thread_processor, each_one, RULE("thread_processor.1"))
{
    int64_t count = coco_query(COCO_QUERY_CPU_COUNT);
    int64_t all = coco_thread_affinity_get(0, 0);
    for (unsigned i = 0; i < 100; i++) {
        int64_t here = coco_thread_processor();
        EXPECT_TRUE(here >= 0 && here < count);
        EXPECT_OK(coco_thread_yield());
    }
    for (int64_t i = 0; i < count; i++) {
        EXPECT_OK(coco_thread_affinity_set(0, 0, 1ull << i));
        EXPECT_EQ(coco_thread_processor(), i);
    }
    EXPECT_OK(coco_thread_affinity_set(0, 0, (uint64_t)all));
}
