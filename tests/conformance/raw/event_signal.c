// SPDX-License-Identifier: MIT
// Tests of `event_signal`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "events.h"

TEST(event_signal, bits_add_up, RULE("event_signal.1"))
{
    coco_handle_t event = event_made(1);
    EXPECT_OK(coco_event_signal(event, 4));
    EXPECT_OK(coco_event_signal(event, 4)); /* twice is once */
    EXPECT_OK(coco_event_signal(event, 0));
    EXPECT_EQ(coco_event_wait(event, COCO_EVENT_BITS, 0, 0), 5);
    EXPECT_ERROR(coco_event_wait(event, COCO_EVENT_BITS, 0, 0), TIMEDOUT);
    EXPECT_OK(coco_close(event));
}

TEST(event_signal, bit_63, RULE("event_signal.2"), RULE("event_signal.EINVAL"))
{
    coco_handle_t event = event_made(0);
    EXPECT_ERROR(coco_event_signal(event, 1ull << 63 | 1), INVAL);
    EXPECT_EQ(event_poll(event, COCO_EVENT_READ), 0);
    EXPECT_OK(coco_close(event));
}

/* Signals from another process, none of which is missed. */
TEST(event_signal, from_a_child, RULE("event_signal.1"), RULE("event_wait.5"))
{
    enum { SIGNALS = 200 };
    const struct coco_spawn_handle handles[] = {
        {.handle = event_made(0), .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9},
        {.handle = event_made(0), .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 10},
    };
    struct coco_exit_status status;
    int64_t process = child_spawn(&(struct child){
        .arguments = {"signal_events", "200"}, .handles = handles, .handle_count = 2});
    REQUIRE_TRUE(process > 0);
    for (int i = 0; i < SIGNALS; i++) {
        REQUIRE_EQ(coco_event_wait(handles[0].handle, 6, 0, deadline_after(60 * SECONDS)), 2);
        REQUIRE_OK(coco_event_signal(handles[1].handle, 1));
    }
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    EXPECT_OK(coco_close(handles[0].handle));
    EXPECT_OK(coco_close(handles[1].handle));
}
