// SPDX-License-Identifier: MIT
// Tests of `process_confine`, in children: nobody gets back from it.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "memory.h"

TEST(process_confine, gives_up, RULE("process_confine.1"), RULE("process_confine.3"))
{
    child_expect_code("confine_gives_up", NULL, 0);
}

TEST(process_confine, hands_on, RULE("process_confine.2"), RULE("process_spawn_confined.2"))
{
    child_expect_code("confine_hands_on", NULL, 0);
}

TEST(process_confine, stays_below_what_there_was, RULE("process_confine.6"))
{
    child_expect_code("confine_in_policy", NULL, 0);
}

TEST(process_confine, alone, RULE("process_confine.5"), RULE("process_confine.EBUSY"))
{
    child_expect_code("confine_with_threads", NULL, 0);
}

TEST(process_confine, records, RULE("process_confine.4"), RULE("process_confine.EINVAL"))
{
    static struct coco_call_set sets[COCO_POLICY_CALLS_MAX + 1];
    EXPECT_ERROR(coco_process_confine(sets, COCO_POLICY_CALLS_MAX + 1, NULL, 0), INVAL);
    EXPECT_ERROR(coco_process_confine(NULL, 0, sets, COCO_POLICY_CALLS_MAX + 1), INVAL);
    sets[1].first = 1;
    EXPECT_ERROR(coco_process_confine(sets, 2, NULL, 0), INVAL);
    EXPECT_ERROR(coco_process_confine(sets, 1, sets, 2), INVAL);
    EXPECT_TRUE(coco_process_id() > 0); // nothing was given up
}
