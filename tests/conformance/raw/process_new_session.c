// SPDX-License-Identifier: MIT
// Tests of `process_new_session`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"

static uint32_t lead(void *unused)
{
    uint64_t own = (uint64_t)coco_process_id();
    (void)unused;
    if ((uint64_t)coco_process_new_session() != own || (uint64_t)coco_process_group_id(0) != own ||
        (uint64_t)coco_process_session_id(0) != own) {
        return 1;
    }
    if (coco_process_set_group(0, 0) != COCO_EPERM || coco_process_new_session() != COCO_EPERM) {
        return 2;
    }
    for (;;) {
        (void)coco_sleep_until(deadline_after(SECONDS));
    }
}

static void await_session(uint64_t id)
{
    for (int i = 0; i < 60000 && (uint64_t)coco_process_session_id(id) != id; i++) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    EXPECT_EQ(coco_process_session_id(id), id);
}

TEST(process_new_session, begins, RULE("process_new_session.1"), RULE("process_new_session.2"),
     RULE("process_new_session.EPERM"), RULE("process_set_group.3"))
{
    uint64_t leader = fork_listed(lead, NULL);
    await_session(leader);
    EXPECT_ERROR(coco_process_set_group(leader, (uint64_t)coco_process_group_id(0)), PERM);
    EXPECT_ERROR(coco_process_set_group(0, leader), PERM);
    fork_end(leader);
    uint64_t other = fork_sleeper();
    EXPECT_OK(coco_process_set_group(other, other));
    fork_end(other);
}
