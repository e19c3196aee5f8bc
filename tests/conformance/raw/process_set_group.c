// SPDX-License-Identifier: MIT
// Tests of `process_set_group`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "fork.h"

#define MISSING (1ull << 40)

TEST(process_set_group, moves, RULE("process_set_group.1"), RULE("process_set_group.2"),
     RULE("process_set_group.ESRCH"), RULE("process_set_group.EPERM"))
{
    uint64_t first = fork_sleeper();
    uint64_t second = fork_sleeper();
    EXPECT_ERROR(coco_process_set_group(first, second), PERM); /* no such group yet */
    EXPECT_ERROR(coco_process_set_group(first, MISSING), PERM);
    EXPECT_OK(coco_process_set_group(first, first));
    EXPECT_EQ(coco_process_group_id(first), first);
    EXPECT_OK(coco_process_set_group(second, first));
    EXPECT_EQ(coco_process_group_id(second), first);
    EXPECT_OK(coco_process_set_group(second, 0));
    EXPECT_EQ(coco_process_group_id(second), second);
    EXPECT_OK(coco_process_set_group(second, (uint64_t)coco_process_group_id(0)));
    EXPECT_ERROR(coco_process_set_group(MISSING, 0), SRCH);
    EXPECT_ERROR(coco_process_set_group((uint64_t)coco_process_parent_id(), 0), SRCH);
    fork_end(first);
    fork_end(second);
}

TEST(process_set_group, not_after_a_new_program, RULE("process_set_group.4"),
     RULE("process_set_group.EACCESS"))
{
    uint64_t child = child_start_waiting(COCO_SPAWN_MAY_SIGNAL, 0);
    EXPECT_ERROR(coco_process_set_group(child, 0), ACCESS);
    fork_end(child);
}
