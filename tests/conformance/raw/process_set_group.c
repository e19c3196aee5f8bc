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

static uint64_t start(uint32_t flags, uint64_t group)
{
    static const char words[] = "program\0wait";
    const struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .flags = COCO_SPAWN_CHILD | flags,
        .path = (uintptr_t)CHILD_PROGRAM,
        .arguments = (uintptr_t)words,
        .arguments_len = sizeof(words),
        .argument_count = 2,
        .group = group,
    };
    int64_t process = coco_process_spawn(&spawn);
    if (!EXPECT_TRUE(process >= 0)) {
        return 0;
    }
    int64_t id = coco_process_handle_id((coco_handle_t)process);
    EXPECT_OK(coco_close((coco_handle_t)process));
    return (uint64_t)id;
}

TEST(process_set_group, not_after_a_new_program, RULE("process_set_group.4"),
     RULE("process_set_group.EACCESS"))
{
    uint64_t child = start(COCO_SPAWN_MAY_SIGNAL, 0);
    EXPECT_ERROR(coco_process_set_group(child, 0), ACCESS);
    fork_end(child);
}
