// SPDX-License-Identifier: MIT
// Tests of `exit`: end the calling thread.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/test.h>

#include "child.h"

TEST(exit, code_is_kept, RULE("exit.1"))
{
    child_expect_code("exit", "0", 0);
    child_expect_code("exit", "7", 7);
    child_expect_code("exit", "65535", 65535);
}

TEST(exit, code_has_16_bits, RULE("exit.1"))
{
    child_expect_code("exit", "65536", 0);
    child_expect_code("exit", "4294967295", 0xffff);
    child_expect_code("exit", "74565", 0x2345);
}

/* The first thread's code 3 does not count, nor does its end end the process. */
TEST(exit, last_thread_ends_process, RULE("exit.2"))
{
    child_expect_code("exit_last_thread", "9", 9);
}

TEST(exit, handles_are_closed, RULE("exit.3"))
{
    struct counters before;
    if (!counters_read(&before)) {
        SKIP("no SYSTEM handle to read the count of handles with");
    }
    struct coco_exit_status status;
    REQUIRE(child_run(&(struct child){.arguments = {"leave_things_open"}}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
    char difference[80];
    if (!counters_settle(&before, difference, sizeof(difference))) {
        test_fail(__FILE_NAME__, __LINE__, "after the child's end: %s", difference);
    }
}
