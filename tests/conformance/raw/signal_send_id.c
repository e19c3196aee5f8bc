// SPDX-License-Identifier: MIT
// Tests of `signal_send_id`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "signals.h"

/* What a child gets that signals process `id`. */
static int64_t ask_child(uint64_t id, uint32_t signal, uint32_t flags)
{
    char number[24];
    char signal_number[8];
    char storage[4096];
    struct coco_spawn spawn;
    struct coco_exit_status status;
    print_to(number, sizeof(number), "%u", (unsigned)id);
    print_to(signal_number, sizeof(signal_number), "%u", signal);
    const struct child child = {.arguments = {"signal_id", number, signal_number}};
    if (flags == 0) {
        int64_t result = 0;
        (void)child_answer(&child, &result, sizeof(result));
        return result;
    }
    child_prepare(&child, &spawn, storage);
    spawn.flags = flags;
    int64_t process = coco_process_spawn(&spawn);
    (void)(EXPECT_TRUE(process > 0) && child_wait(process, &status));
    return 0;
}

TEST(signal_send_id, whom, RULE("signal_send_id.1"), RULE("signal_send_id.EPERM"))
{
    const uint64_t self = (uint64_t)coco_process_id();
    struct coco_exit_status status;
    signals_reset();
    EXPECT_OK(coco_signal_send_id(self, 0, 0, 0));
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "20000"}});
    REQUIRE_TRUE(process > 0);
    uint64_t child = (uint64_t)coco_process_handle_id((coco_handle_t)process);
    EXPECT_OK(coco_signal_send_id(child, 0, 0, 0));
    EXPECT_ERROR(ask_child(child, 15, 0), PERM); /* siblings may not */
    EXPECT_ERROR(ask_child(self, 15, 0), PERM);
    EXPECT_OK(coco_signal_send_id(child, 15, 0, 0));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, COCO_SIGNAL_RESTART, 0));
    (void)ask_child(self, SIGNAL_QUEUED, COCO_SPAWN_MAY_SIGNAL);
    EXPECT_TRUE(signals_await(1));
    EXPECT_EQ(signals_caught.info[0].value, 5);
    signals_reset();
}

TEST(signal_send_id, unknown, RULE("signal_send_id.2"), RULE("signal_send_id.ENOTFOUND"))
{
    EXPECT_ERROR(coco_signal_send_id(0, 0, 0, 0), NOTFOUND);
    EXPECT_ERROR(coco_signal_send_id(UINT64_MAX, 15, 0, 0), NOTFOUND);
    EXPECT_ERROR(coco_signal_send_id((uint64_t)coco_thread_id() + 1000000, 15, 0, 0), NOTFOUND);
}

/* A child that has ended and has been waited for has no id any more, though a handle is held. */
TEST(signal_send_id, gone, RULE("signal_send_id.2"), RULE("signal_send_id.ENOTFOUND"))
{
    char storage[4096];
    struct coco_spawn spawn;
    struct coco_exit_status status;
    struct coco_schedule schedule;
    struct coco_child told;
    child_prepare(&(const struct child){.arguments = {"sleep", "0"}}, &spawn, storage);
    spawn.flags |= COCO_SPAWN_CHILD;
    int64_t process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process > 0);
    uint64_t id = (uint64_t)coco_process_handle_id((coco_handle_t)process);
    EXPECT_OK(coco_process_wait((coco_handle_t)process, deadline_after(60 * SECONDS), &status));
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_KILL, 0, 0)); /* not waited for as a child */
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED,
                                      deadline_after(60 * SECONDS), &told),
              id);
    EXPECT_ERROR(coco_signal_send_id(id, 0, 0, 0), NOTFOUND);
    EXPECT_ERROR(coco_signal_send_id(id, COCO_SIGNAL_KILL, 0, 0), NOTFOUND);
    EXPECT_ERROR(coco_clock_of(COCO_CLOCK_PROCESS, id), SRCH);
    EXPECT_ERROR(coco_schedule_get(id, COCO_SCHEDULE_ALL, &schedule), SRCH);
    EXPECT_ERROR(coco_process_group_id(id), SRCH);
    EXPECT_ERROR(coco_process_set_group(id, id), SRCH);
    EXPECT_OK(coco_close((coco_handle_t)process));
}

TEST(signal_send_id, as_signal_send, RULE("signal_send_id.3"), RULE("signal_send_id.EINVAL"))
{
    const uint64_t self = (uint64_t)coco_process_id();
    signals_reset();
    EXPECT_ERROR(coco_signal_send_id(self, COCO_SIGNAL_MAX + 1, 0, 0), INVAL);
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, 0, 0));
    EXPECT_OK(coco_signal_send_id(self, SIGNAL_QUEUED, 77, COCO_SIGNAL_QUEUE));
    EXPECT_EQ(signals_caught.count, 1); /* the sender itself takes it, before the call returns */
    EXPECT_EQ(signals_caught.info[0].value, 77);
    signals_reset();
}
