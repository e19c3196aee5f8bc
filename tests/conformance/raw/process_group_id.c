// SPDX-License-Identifier: MIT
// Tests of `process_group_id`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "fork.h"

#define MISSING (1ull << 40)

TEST(process_group_id, is_inherited, RULE("process_group_id.1"), RULE("process_group_id.ESRCH"),
     RULE("process_set_group.5"))
{
    uint64_t own = (uint64_t)coco_process_id();
    EXPECT_EQ(coco_process_group_id(0), coco_process_group_id(own));
    EXPECT_ERROR(coco_process_group_id(MISSING), SRCH);
    uint64_t copy = fork_sleeper();
    EXPECT_EQ(coco_process_group_id(copy), coco_process_group_id(0));
    fork_end(copy);
}
