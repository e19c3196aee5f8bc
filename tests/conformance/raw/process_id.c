// SPDX-License-Identifier: MIT
// Tests of `process_id`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"

TEST(process_id, constant_and_not_zero, RULE("process_id.1"))
{
    int64_t id = coco_process_id();
    EXPECT_TRUE(id > 0);
    EXPECT_EQ(coco_process_id(), id);
}

TEST(process_id, not_used_again, RULE("process_id.1"))
{
    int64_t last = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t id = 0;
        REQUIRE(child_answer(&(struct child){.arguments = {"report_id"}}, &id, sizeof(id)));
        EXPECT_TRUE((int64_t)id > last);
        EXPECT_TRUE((int64_t)id != coco_process_id());
        last = (int64_t)id;
    }
}
