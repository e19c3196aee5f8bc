// SPDX-License-Identifier: MIT
// Tests of `process_parent_id`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"
#include "memory.h"

static uint32_t tell_parent(void *argument)
{
    return coco_process_parent_id() == *(const int64_t *)argument ? 10 : 1;
}

TEST(process_parent_id, is_the_maker, RULE("process_parent_id.1"))
{
    int64_t own = coco_process_id();
    EXPECT_EQ(fork_run(tell_parent, &own), 10);
}

static volatile int64_t *family; /* shared: [0] the grandchild's answer, [1] its id */

static uint32_t grandchild(void *unused)
{
    (void)unused;
    while (coco_process_parent_id() != 1) {
        (void)coco_thread_yield();
    }
    family[0] = 1;
    return 0;
}

static uint32_t leave_an_orphan(void *unused)
{
    (void)unused;
    return fork_child(grandchild, NULL) >= 0 ? 0 : 1;
}

TEST(process_parent_id, orphans_have_none, RULE("process_parent_id.1"))
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    family = (volatile int64_t *)address;
    EXPECT_EQ(fork_run(leave_an_orphan, NULL), 0);
    for (int i = 0; i < 60000 && family[0] == 0; i++) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    EXPECT_EQ(family[0], 1);
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
}
