// SPDX-License-Identifier: MIT
// Tests of `schedule_get`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"

TEST(schedule_get, the_caller, RULE("schedule_get.1"))
{
    struct coco_schedule found;
    const uint64_t processes[] = {0, (uint64_t)coco_process_id()};
    const uint64_t threads[] = {0, (uint64_t)coco_thread_id(), COCO_SCHEDULE_ALL};
    for (size_t i = 0; i < 6; i++) {
        memset(&found, 0xff, sizeof(found));
        EXPECT_OK(coco_schedule_get(processes[i % 2], threads[i / 2], &found));
        EXPECT_EQ(found.policy, COCO_SCHEDULE_OTHER);
        EXPECT_EQ(found.priority, 0);
        EXPECT_EQ(found.nice, 0);
        EXPECT_EQ(found.reserved, 0);
        EXPECT_TRUE(found.turn > 0 && found.turn < SECONDS);
    }
}

TEST(schedule_get, of_a_child, RULE("schedule_get.1"), RULE("schedule_get.2"),
     RULE("schedule_get.ESRCH"))
{
    struct coco_schedule found;
    uint64_t child = fork_sleeper();
    EXPECT_OK(coco_schedule_get(child, COCO_SCHEDULE_ALL, &found));
    EXPECT_EQ(found.policy, COCO_SCHEDULE_OTHER);
    EXPECT_ERROR(coco_schedule_get(child, 0, &found), SRCH); /* the caller is not in there */
    EXPECT_ERROR(coco_schedule_get(child, (uint64_t)coco_thread_id(), &found), SRCH);
    fork_end(child);
    EXPECT_ERROR(coco_schedule_get(child, COCO_SCHEDULE_ALL, &found), SRCH);
    EXPECT_ERROR(coco_schedule_get(UINT64_MAX, COCO_SCHEDULE_ALL, &found), SRCH);
    EXPECT_ERROR(coco_schedule_get(0, UINT64_MAX - 1, &found), SRCH);
}

/* A child in a session of its own is not told of who started it. */
TEST(schedule_get, who_may, RULE("schedule_get.2"), RULE("schedule_get.EPERM"))
{
    char number[24];
    int64_t result = 0;
    print_to(number, sizeof(number), "%u", (unsigned)coco_process_id());
    const struct child child = {.arguments = {"schedule_get", number}};
    REQUIRE(child_answer(&child, &result, sizeof(result)));
    EXPECT_ERROR(result, PERM);
}
