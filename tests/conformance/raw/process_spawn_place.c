// SPDX-License-Identifier: MIT
// Tests of `process_spawn`: group, session and signals of the child.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "fork.h"
#include "scratch.h"
#include "signals.h"

TEST(process_spawn, place_of_the_child, RULE("process_spawn.8"), RULE("process_set_group.5"),
     RULE("process_spawn.EPERM"))
{
    uint64_t alone = child_start_waiting(0, 0);
    uint64_t with_us = child_start_waiting(COCO_SPAWN_MAY_SIGNAL, 0);
    uint64_t leader = child_start_waiting(COCO_SPAWN_MAY_SIGNAL | COCO_SPAWN_GROUP, 0);
    uint64_t member = child_start_waiting(COCO_SPAWN_MAY_SIGNAL | COCO_SPAWN_GROUP, leader);
    uint64_t session = child_start_waiting(COCO_SPAWN_MAY_SIGNAL | COCO_SPAWN_SESSION, 0);
    EXPECT_EQ(coco_process_group_id(alone), alone);
    EXPECT_EQ(coco_process_session_id(alone), alone);
    EXPECT_EQ(coco_process_group_id(with_us), coco_process_group_id(0));
    EXPECT_EQ(coco_process_session_id(with_us), coco_process_session_id(0));
    EXPECT_EQ(coco_process_group_id(leader), leader);
    EXPECT_EQ(coco_process_group_id(member), leader);
    EXPECT_EQ(coco_process_session_id(member), coco_process_session_id(0));
    EXPECT_EQ(coco_process_group_id(session), session);
    EXPECT_EQ(coco_process_session_id(session), session);
    struct coco_spawn spawn = {.size = sizeof(spawn),
                               .flags = COCO_SPAWN_MAY_SIGNAL | COCO_SPAWN_GROUP,
                               .path = (uintptr_t)MINIMAL_PROGRAM,
                               .group = session};
    EXPECT_ERROR(coco_process_spawn(&spawn), PERM);
    spawn.flags = COCO_SPAWN_MAY_SIGNAL;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    fork_end(alone);
    fork_end(with_us);
    fork_end(leader);
    fork_end(member);
    fork_end(session);
}

TEST(process_spawn, both_sizes_are_taken, RULE("process_spawn.7"))
{
    struct coco_spawn spawn = {.size = COCO_SPAWN_SIZE_1, .path = (uintptr_t)MINIMAL_PROGRAM};
    struct coco_exit_status status;
    spawn.group = spawn.blocked = UINT64_MAX; /* behind the end */
    int64_t process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
}

/* The child answers with what it blocks and the handler it finds for SIGNAL_ONE. */
static void expect_signals(uint32_t flags, uint64_t defaults, uint64_t blocked,
                           const uint64_t *expected)
{
    static const char words[] = "program\0signal_report\00030";
    uint64_t found[2] = {0, 0};
    int64_t file = scratch_create("/raw/answer", NULL, 0);
    REQUIRE_TRUE(file > 0);
    const struct coco_spawn_handle handle = {(coco_handle_t)file, COCO_RIGHTS_SAME,
                                             COCO_ROLE_FD + 9, 0};
    const struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .flags = flags,
        .path = (uintptr_t)CHILD_PROGRAM,
        .arguments = (uintptr_t)words,
        .arguments_len = sizeof(words),
        .argument_count = 3,
        .handles = (uintptr_t)&handle,
        .handle_count = 1,
        .default_signals = defaults,
        .blocked = blocked,
    };
    struct coco_exit_status status;
    int64_t process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, found, sizeof(found), 0), 16);
    EXPECT_EQ(found[0], expected[0]);
    EXPECT_EQ(found[1], expected[1]);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/answer"));
}

TEST(process_spawn, signals_of_the_child, RULE("process_spawn.9"))
{
    const uint64_t one = SIGNAL_BIT(SIGNAL_ONE);
    const uint64_t other = SIGNAL_BIT(SIGNAL_OTHER);
    signals_reset();
    EXPECT_OK(signals_set(SIGNAL_ONE, COCO_SIGNAL_IGNORE));
    EXPECT_TRUE(coco_signal_mask(COCO_SIGNAL_BLOCK, other) >= 0);
    expect_signals(0, 0, 0, (const uint64_t[]){other, COCO_SIGNAL_IGNORE});
    expect_signals(0, one, 0, (const uint64_t[]){other, COCO_SIGNAL_DEFAULT});
    expect_signals(COCO_SPAWN_BLOCK, 0, one | SIGNAL_BIT(COCO_SIGNAL_KILL),
                   (const uint64_t[]){one, COCO_SIGNAL_IGNORE});
    signals_reset();
}

TEST(process_spawn, program_by_handle, RULE("process_spawn.10"), RULE("process_spawn.ENOTSUPP"))
{
    struct coco_exit_status status;
    int64_t file = coco_file_open(MINIMAL_PROGRAM, COCO_FILE_READ, 0);
    REQUIRE_TRUE(file > 0);
    int64_t poor = coco_handle_duplicate((coco_handle_t)file, COCO_RIGHT_READ);
    REQUIRE_TRUE(poor > 0);
    struct coco_spawn spawn = {
        .size = sizeof(spawn), .flags = COCO_SPAWN_FILE, .path = (uint64_t)file};
    int64_t process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
    spawn.path = (uint64_t)poor;
    EXPECT_ERROR(coco_process_spawn(&spawn), PERM);
    spawn.path = COCO_HANDLE_LOG;
    EXPECT_ERROR(coco_process_spawn(&spawn), NOTSUPP);
    EXPECT_ERROR(coco_process_exec(&spawn), NOTSUPP);
    spawn.path = 3000;
    EXPECT_ERROR(coco_process_spawn(&spawn), NOTFOUND);
    spawn.path = (uint64_t)file | 1ull << 32;
    EXPECT_ERROR(coco_process_spawn(&spawn), NOTFOUND);
    EXPECT_OK(coco_close((coco_handle_t)poor));
    EXPECT_OK(coco_close((coco_handle_t)file));
}
