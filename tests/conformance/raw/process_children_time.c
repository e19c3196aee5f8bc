// SPDX-License-Identifier: MIT
// Tests of `process_children_time`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"

static int64_t wait_any(uint32_t flags, struct coco_child *child)
{
    return coco_process_wait_child(COCO_CHILD_ANY, 0, flags, deadline_after(60 * SECONDS), child);
}

static uint32_t burn(void *unused)
{
    (void)unused;
    while ((uint64_t)coco_clock_get(COCO_CLOCK_PROCESS) < 30 * MILLISECONDS) {
    }
    return 0;
}

TEST(process_children_time, is_counted, RULE("process_children_time.1"),
     RULE("process_wait_child.3"))
{
    struct coco_child child;
    int64_t before = coco_process_children_time();
    uint64_t id = fork_listed(burn, NULL);
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED | COCO_WAIT_KEEP, &child), id);
    EXPECT_TRUE(child.time >= 30 * MILLISECONDS);
    EXPECT_EQ(coco_process_children_time(), before);
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED, &child), id);
    EXPECT_EQ(coco_process_children_time() - before, child.time + child.children_time);
}
