// SPDX-License-Identifier: MIT
// Tests of `thread_affinity_get`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"

TEST(thread_affinity_get, all_at_first, RULE("thread_affinity_get.1"),
     RULE("thread_affinity_get.2"))
{
    const uint64_t processes[] = {0, (uint64_t)coco_process_id()};
    const uint64_t threads[] = {0, (uint64_t)coco_thread_id(), COCO_SCHEDULE_ALL};
    int64_t all = (1ll << coco_query(COCO_QUERY_CPU_COUNT)) - 1;
    for (size_t i = 0; i < 6; i++) {
        EXPECT_EQ(coco_thread_affinity_get(processes[i % 2], threads[i / 2]), all);
    }
}

TEST(thread_affinity_get, of_a_child, RULE("thread_affinity_get.1"),
     RULE("thread_affinity_get.ESRCH"))
{
    uint64_t child = fork_sleeper();
    EXPECT_EQ(coco_thread_affinity_get(child, COCO_SCHEDULE_ALL), coco_thread_affinity_get(0, 0));
    EXPECT_ERROR(coco_thread_affinity_get(child, 0), SRCH); /* the caller is not in there */
    EXPECT_ERROR(coco_thread_affinity_get(child, (uint64_t)coco_thread_id()), SRCH);
    fork_end(child);
    EXPECT_ERROR(coco_thread_affinity_get(child, COCO_SCHEDULE_ALL), SRCH);
    EXPECT_ERROR(coco_thread_affinity_get(UINT64_MAX, COCO_SCHEDULE_ALL), SRCH);
    EXPECT_ERROR(coco_thread_affinity_get(0, UINT64_MAX - 1), SRCH);
}

/* A child in a session of its own is not told of who started it. */
TEST(thread_affinity_get, who_may, RULE("thread_affinity_get.1"), RULE("thread_affinity_get.EPERM"))
{
    char number[24];
    int64_t result = 0;
    print_to(number, sizeof(number), "%u", (unsigned)coco_process_id());
    const struct child child = {.arguments = {"affinity_get", number}};
    REQUIRE(child_answer(&child, &result, sizeof(result)));
    EXPECT_ERROR(result, PERM);
}
