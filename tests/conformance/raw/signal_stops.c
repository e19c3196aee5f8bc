// SPDX-License-Identifier: MIT
// Stopping and continuing, whatever sends the signal.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"
#include "signals.h"

static uint32_t stop_in_orphaned_group(void *unused)
{
    (void)unused;
    if (coco_process_new_session() < 0 ||
        coco_signal_send_thread(0, COCO_SIGNAL_TERMINAL_STOP, 0, 0) != 0) {
        return 1;
    }
    return 10; /* not stopped */
}

TEST(signal_action, orphaned_groups_do_not_stop, RULE("signal_action.7"))
{
    EXPECT_EQ(fork_run(stop_in_orphaned_group, NULL), 10);
}

static uint32_t stop_and_go_on(void *unused)
{
    (void)unused;
    while (coco_process_group_id(0) != coco_process_id()) {
        (void)
            coco_thread_yield(); /* until the starter's group keeps this one from being orphaned */
    }
    (void)coco_signal_send_thread(0, COCO_SIGNAL_TERMINAL_IN, 0, 0);
    return 10;
}

TEST(signal_action, terminal_signals_stop, RULE("signal_action.7"))
{
    struct coco_child child;
    uint64_t id = fork_listed(stop_and_go_on, NULL);
    EXPECT_OK(coco_process_set_group(id, 0));
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_STOPPED | COCO_WAIT_ENDED,
                                      deadline_after(20 * SECONDS), &child),
              id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_STOPPED);
    EXPECT_EQ(child.status.code, COCO_SIGNAL_TERMINAL_IN);
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_CONTINUE, 0, 0));
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED,
                                      deadline_after(20 * SECONDS), &child),
              id);
    EXPECT_EQ(child.status.code, 10);
}
