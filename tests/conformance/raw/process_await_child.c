// SPDX-License-Identifier: MIT
// Tests of `process_await_child` and `process_parent_id`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "signals.h"

static int64_t ended_now(void)
{
    return coco_process_await_child(UINT64_MAX, 0);
}

static uint32_t end_late(void *unused)
{
    (void)unused;
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    return 0;
}

TEST(process_await_child, counts_children, RULE("process_await_child.1"),
     RULE("process_await_child.2"))
{
    struct coco_exit_status status;
    int64_t before = ended_now();
    REQUIRE_TRUE(before >= 0);
    int64_t process = fork_child(end_late, NULL);
    REQUIRE_TRUE(process >= 0);
    EXPECT_EQ(coco_process_await_child((uint64_t)before, COCO_FOREVER), before + 1);
    EXPECT_OK(coco_process_wait((coco_handle_t)process, 0, &status)); /* it has ended by then */
    EXPECT_OK(coco_close((coco_handle_t)process));
    REQUIRE(child_run(&(struct child){.program = MINIMAL_PROGRAM}, &status));
    EXPECT_EQ(coco_process_await_child((uint64_t)before + 1, COCO_FOREVER), before + 2);
    EXPECT_EQ(coco_process_await_child((uint64_t)before, COCO_FOREVER), before + 2);
}

TEST(process_await_child, deadline, RULE("process_await_child.3"),
     RULE("process_await_child.ETIMEDOUT"))
{
    uint64_t now = (uint64_t)ended_now();
    EXPECT_ERROR(coco_process_await_child(now, 0), TIMEDOUT);
    uint64_t deadline = deadline_after(10 * MILLISECONDS);
    EXPECT_ERROR(coco_process_await_child(now, deadline), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= deadline);
}

static void signal_later(void *id)
{
    (void)coco_sleep_until(deadline_after(10 * MILLISECONDS));
    (void)coco_signal_send_thread((uint64_t)(uintptr_t)id, SIGNAL_ONE, 0, 0);
}

TEST(process_await_child, signals_interrupt, RULE("process_await_child.EINTR"))
{
    static struct thread thread;
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    REQUIRE(EXPECT_OK(thread_start(&thread, signal_later, (void *)(uintptr_t)coco_thread_id())));
    EXPECT_ERROR(coco_process_await_child((uint64_t)ended_now(), deadline_after(10 * SECONDS)),
                 INTR);
    EXPECT_OK(thread_join(&thread));
    signals_reset();
}
