// SPDX-License-Identifier: MIT
// Tests of `signal_send_group`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "fork.h"
#include "signals.h"

TEST(signal_send_group, reaches_all, RULE("signal_send_group.1"), RULE("signal_send_group.2"),
     RULE("signal_send_group.3"), RULE("signal_send_group.ENOTFOUND"),
     RULE("signal_send_group.EINVAL"))
{
    uint64_t members[3];
    for (size_t i = 0; i < 3; i++) {
        members[i] = fork_sleeper();
        EXPECT_OK(coco_process_set_group(members[i], members[0]));
    }
    uint64_t outsider = fork_sleeper();
    EXPECT_OK(coco_signal_send_group(members[0], 0, 0, 0));
    EXPECT_ERROR(coco_signal_send_group(members[0], COCO_SIGNAL_MAX + 1, 0, 0), INVAL);
    EXPECT_OK(coco_signal_send_group(members[0], SIGNAL_ONE, 0, 0));
    for (size_t i = 0; i < 3; i++) {
        fork_reap(members[i], SIGNAL_ONE);
    }
    EXPECT_ERROR(coco_signal_send_group(members[0], SIGNAL_ONE, 0, 0), NOTFOUND);
    EXPECT_EQ(coco_process_group_id(outsider), coco_process_group_id(0));
    fork_end(outsider);
}

static uint32_t signal_own_group(void *unused)
{
    (void)unused;
    if (coco_process_set_group(0, 0) != 0) {
        return 1;
    }
    uint64_t child = fork_sleeper();
    signals_reset();
    if (signals_catch(SIGNAL_ONE, 0, 0) != 0 || coco_signal_send_group(0, SIGNAL_ONE, 0, 0) != 0 ||
        signals_caught.count != 1) {
        return 2;
    }
    struct coco_child told;
    if (coco_process_wait_child(COCO_CHILD_ID, child, COCO_WAIT_ENDED, COCO_FOREVER, &told) !=
            (int64_t)child ||
        told.status.code != SIGNAL_ONE) {
        return 3;
    }
    return 10;
}

TEST(signal_send_group, own_group, RULE("signal_send_group.1"))
{
    EXPECT_EQ(fork_run(signal_own_group, NULL), 10);
}

/* A session of its own, whose members everybody means. */
static uint32_t signal_everybody(void *unused)
{
    struct coco_child told;
    (void)unused;
    if (coco_process_new_session() < 0) {
        return 1;
    }
    uint64_t first = fork_sleeper();
    uint64_t second = fork_sleeper();
    if (coco_process_set_group(second, 0) != 0 ||
        coco_signal_send_group(COCO_SIGNAL_EVERYBODY, 0, 0, 0) != 0) {
        return 2;
    }
    /* The starter may be signalled, too: only ask about it, and end the others one by one. */
    for (int i = 0; i < 2; i++) {
        (void)coco_signal_send_id(i == 0 ? first : second, COCO_SIGNAL_KILL, 0, 0);
        if (coco_process_wait_child(COCO_CHILD_ANY, 0, COCO_WAIT_ENDED, COCO_FOREVER, &told) < 0) {
            return 3;
        }
    }
    return 10;
}

TEST(signal_send_group, everybody, RULE("signal_send_group.1"))
{
    EXPECT_EQ(fork_run(signal_everybody, NULL), 10);
}

/* The group that the runner is in belongs to the one that started this program. */
TEST(signal_send_group, needs_permission, RULE("signal_send_group.2"),
     RULE("signal_send_group.EPERM"))
{
    uint64_t foreign = (uint64_t)coco_process_parent_id();
    int64_t group = coco_process_group_id(foreign);
    if (group < 0 || coco_process_session_id(foreign) == coco_process_session_id(0)) {
        SKIP("nobody else's group is known here");
    }
    EXPECT_ERROR(coco_signal_send_group((uint64_t)group, 0, 0, 0), PERM);
}

TEST(signal_send_group, queue_is_limited, RULE("signal_send_group.EAGAIN"))
{
    uint64_t id = fork_sleeper();
    int64_t result = 0;
    EXPECT_OK(coco_process_set_group(id, 0));
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_STOP, 0, 0));
    for (int i = 0; i <= COCO_SIGNAL_QUEUE_MAX && result == 0; i++) {
        result = coco_signal_send_group(id, SIGNAL_QUEUED, (uint64_t)i, COCO_SIGNAL_QUEUE);
    }
    EXPECT_EQ(result, COCO_EAGAIN);
    fork_end(id);
}
