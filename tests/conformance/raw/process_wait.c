// SPDX-License-Identifier: MIT
// Tests of `process_wait` and of the status it gives.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "memory.h"

TEST(process_wait, any_number_of_times, RULE("process_wait.1"))
{
    int64_t process = child_spawn(&(struct child){.arguments = {"process_exit", "300"}});
    REQUIRE_TRUE(process > 0);
    for (int i = 0; i < 3; i++) {
        struct coco_exit_status status;
        memset(&status, 0x77, sizeof(status));
        EXPECT_OK(coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status));
        EXPECT_EQ(status.reason, COCO_EXIT_CODE);
        EXPECT_EQ(status.code, 300);
        EXPECT_TRUE(bytes_are(&status.address, 0, 4 * sizeof(uint64_t)));
    }
    struct coco_exit_status status;
    EXPECT_OK(coco_process_wait((coco_handle_t)process, 0, &status));
    EXPECT_OK(coco_close((coco_handle_t)process));
}

static void wait_for_child(void *handle)
{
    struct coco_exit_status status;
    EXPECT_OK(coco_process_wait((coco_handle_t)(uintptr_t)handle, COCO_FOREVER, &status));
    EXPECT_EQ(status.code, 0);
}

TEST(process_wait, several_waiters, RULE("process_wait.1"))
{
    struct thread threads[3];
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "30"}});
    REQUIRE_TRUE(process > 0);
    for (size_t i = 0; i < 3; i++) {
        REQUIRE_OK(thread_start(&threads[i], wait_for_child, (void *)(uintptr_t)process));
    }
    for (size_t i = 0; i < 3; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_OK(coco_close((coco_handle_t)process));
}

TEST(process_wait, deadline_passes, RULE("process_wait.2"), RULE("process_wait.ETIMEDOUT"))
{
    struct coco_exit_status status;
    memset(&status, 0x77, sizeof(status));
    int64_t process = child_spawn(&(struct child){.arguments = {"wait"}});
    REQUIRE_TRUE(process > 0);
    EXPECT_ERROR(coco_process_wait((coco_handle_t)process, 0, &status), TIMEDOUT);
    uint64_t deadline = deadline_after(20 * MILLISECONDS);
    EXPECT_ERROR(coco_process_wait((coco_handle_t)process, deadline, &status), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= deadline);
    EXPECT_TRUE(bytes_are(&status, 0x77, sizeof(status)));
    EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
}

/* What the owner needs to find the fault. */
TEST(process_wait, exception_is_described, RULE("process_wait.1"))
{
    struct coco_exit_status status;
    REQUIRE(child_run(&(struct child){.arguments = {"fault_null"}}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_EQ(status.code, 14);
    EXPECT_EQ(status.address, 0);
    EXPECT_TRUE(status.instruction >= 0x200000 && status.instruction < 0x400000);
    EXPECT_TRUE(status.stack > status.instruction && status.stack < COCO_USER_END);
    EXPECT_EQ(status.error_code, 4);
    EXPECT_EQ(status.load_base, 0);
    REQUIRE(child_run(&(struct child){.arguments = {"fault_kernel_read"}}, &status));
    EXPECT_EQ(status.address, KERNEL_ADDRESS);
    struct child pie = {.program = CHILD_PIE_PROGRAM, .arguments = {"fault_ud2"}};
    REQUIRE(child_run(&pie, &status));
    EXPECT_EQ(status.code, 6);
    EXPECT_TRUE(status.load_base != 0 && status.load_base % PAGE == 0);
    EXPECT_TRUE(status.instruction > status.load_base &&
                status.instruction < status.load_base + (1 << 20));
}

TEST(process_wait, no_memory_is_a_reason, RULE("process_wait.1"))
{
    child_expect_code("run_out_of_memory", NULL, 10);
}

TEST(process_wait, bad_status_memory, RULE("process_wait.range.status"),
     RULE("process_wait.fault.status"))
{
    int64_t process = child_spawn(&(struct child){.program = MINIMAL_PROGRAM});
    REQUIRE_TRUE(process > 0);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_WAIT, process, COCO_FOREVER, OUTSIDE_ADDRESS), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_WAIT, process, COCO_FOREVER, UNMAPPED_ADDRESS), FAULT);
    struct coco_exit_status status;
    REQUIRE(child_wait(process, &status));
}
