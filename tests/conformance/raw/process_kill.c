// SPDX-License-Identifier: MIT
// Tests of `process_kill`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"

static void kill_child(const char *behaviour, uint32_t signal)
{
    struct coco_exit_status status;
    int64_t process = child_spawn(&(struct child){.arguments = {behaviour, "100000"}});
    REQUIRE_TRUE(process > 0);
    EXPECT_ERROR(coco_process_wait((coco_handle_t)process,
                                   (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) + 5000000,
                                   &status),
                 TIMEDOUT);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, signal));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    EXPECT_EQ(status.code, signal);
}

TEST(process_kill, computing_waiting_sleeping, RULE("process_kill.1"))
{
    kill_child("spin", 15);
    kill_child("wait", 9);
    kill_child("sleep", 2);
}

TEST(process_kill, right_after_spawn, RULE("process_kill.1"))
{
    for (int i = 0; i < 10; i++) {
        struct coco_exit_status status;
        int64_t process = child_spawn(&(struct child){.arguments = {"spin"}});
        REQUIRE_TRUE(process > 0);
        EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
        REQUIRE(child_wait(process, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    }
}

TEST(process_kill, ended_process_is_left, RULE("process_kill.1"))
{
    struct coco_exit_status status;
    int64_t process = child_spawn(&(struct child){.arguments = {"process_exit", "5"}});
    REQUIRE_TRUE(process > 0);
    EXPECT_OK(coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status));
    EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 5);
}

/* A handle is not what keeps a process alive. */
TEST(process_kill, closing_does_not_kill, RULE("process_kill.1"))
{
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "20"}});
    int64_t copy = coco_handle_duplicate((coco_handle_t)process, COCO_RIGHT_WAIT);
    REQUIRE_TRUE(process > 0 && copy > 0);
    EXPECT_OK(coco_close((coco_handle_t)process));
    EXPECT_ERROR(coco_process_kill((coco_handle_t)copy, 9), PERM);
    struct coco_exit_status status;
    REQUIRE(child_wait(copy, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
}
