// SPDX-License-Identifier: MIT
// Tests of `process_spawn`: arguments, environment, handles, refusals. Images that are no programs
// are in elf.c.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "memory.h"
#include "report.h"
#include "scratch.h"

static void expect_exit(int64_t process, uint32_t code)
{
    struct coco_exit_status status;
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, code);
}

TEST(process_spawn, arguments_and_environment, RULE("process_spawn.1"))
{
    static const char arguments[] = "program\0check_arguments\0\0two words";
    static const char environment[] = "A=1\0EMPTY=\0B=b=c";
    struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .path = (uintptr_t)CHILD_PROGRAM,
        .arguments = (uintptr_t)arguments,
        .arguments_len = sizeof(arguments),
        .argument_count = 4,
        .environment = (uintptr_t)environment,
        .environment_len = sizeof(environment),
        .environment_count = 3,
        .directory = (uintptr_t)"/some/where",
    };
    expect_exit(coco_process_spawn(&spawn), 0);
    spawn.path = (uintptr_t)CHILD_PIE_PROGRAM;
    expect_exit(coco_process_spawn(&spawn), 0);
}

TEST(process_spawn, defaults, RULE("process_spawn.1"))
{
    child_expect_code("check_defaults", NULL, 0);
    struct coco_spawn spawn = {.size = sizeof(spawn), .path = (uintptr_t)CHILD_PROGRAM};
    expect_exit(coco_process_spawn(&spawn), 0);
}

TEST(process_spawn, missing_program, RULE("process_spawn.2"), RULE("process_spawn.ENOTFOUND"))
{
    EXPECT_ERROR(child_spawn(&(struct child){.program = "/raw/missing"}), NOTFOUND);
    EXPECT_ERROR(child_spawn(&(struct child){.program = "/missing/program"}), NOTFOUND);
}

TEST(process_spawn, text_is_no_program, RULE("process_spawn.3"), RULE("process_spawn.ENOEXEC"))
{
    EXPECT_OK(scratch_file("/raw/text", "#!/bin/sh\n", 10));
    EXPECT_ERROR(child_spawn(&(struct child){.program = "/raw/text"}), NOEXEC);
    EXPECT_OK(scratch_file("/raw/text", "", 0));
    EXPECT_ERROR(child_spawn(&(struct child){.program = "/raw/text"}), NOEXEC);
    EXPECT_OK(coco_unlink("/raw/text"));
}

TEST(process_spawn, handles_in_order, RULE("process_spawn.4"), RULE("process_spawn.5"))
{
    int64_t file = scratch_create("/raw/given", "", 0);
    int64_t answer = scratch_create("/raw/handles", NULL, 0);
    REQUIRE_TRUE(file > 0 && answer > 0);
    struct coco_spawn_handle handles[] = {
        {(coco_handle_t)file, COCO_RIGHT_READ, COCO_ROLE_FD + 3, 0},
        {COCO_HANDLE_LOG, COCO_RIGHTS_SAME, COCO_ROLE_STDERR, 0},
        {(coco_handle_t)answer, COCO_RIGHTS_SAME, COCO_ROLE_FD + 9, 0},
        {(coco_handle_t)file, 0, 0x12345678, 0},
    };
    struct child child = {.arguments = {"report_handles"}, .handles = handles, .handle_count = 4};
    expect_exit(child_spawn(&child), 0);
    struct report_handles report;
    EXPECT_EQ(coco_file_pread((coco_handle_t)answer, &report, sizeof(report), 0),
              (int64_t)sizeof(report));
    uint64_t log = COCO_OBJECT_LOG | (uint64_t)COCO_OBJECT_LOG_RIGHTS << 32;
    EXPECT_EQ(report.count, 4);
    EXPECT_EQ(report.info[0], log);
    EXPECT_EQ(report.info[1], COCO_OBJECT_FILE | (uint64_t)COCO_RIGHT_READ << 32);
    EXPECT_EQ(report.info[2], log);
    EXPECT_EQ(report.info[3], coco_handle_info((coco_handle_t)answer));
    EXPECT_EQ(report.info[4], COCO_OBJECT_FILE);
    EXPECT_ERROR(report.info[5], NOTFOUND);
    EXPECT_EQ(report.role[1], COCO_ROLE_FD + 3);
    EXPECT_EQ(report.role[2], COCO_ROLE_STDERR);
    EXPECT_EQ(report.role[4], 0x12345678);
    EXPECT_EQ((uint32_t)coco_handle_info((coco_handle_t)file), COCO_OBJECT_FILE);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_close((coco_handle_t)answer));
    EXPECT_OK(coco_unlink("/raw/given"));
    EXPECT_OK(coco_unlink("/raw/handles"));
}

TEST(process_spawn, transfer_and_rights_are_checked, RULE("process_spawn.4"),
     RULE("process_spawn.5"), RULE("process_spawn.EPERM"))
{
    int64_t kept = coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHT_WRITE | COCO_RIGHT_DUP);
    REQUIRE_TRUE(kept > 0);
    struct coco_spawn_handle handle = {(coco_handle_t)kept, COCO_RIGHTS_SAME, 0, 0};
    struct child child = {.handles = &handle, .handle_count = 1};
    EXPECT_ERROR(child_spawn(&child), PERM);
    handle.rights = 0;
    EXPECT_ERROR(child_spawn(&child), PERM);
    handle = (struct coco_spawn_handle){COCO_HANDLE_LOG, COCO_RIGHT_READ, 0, 0};
    EXPECT_ERROR(child_spawn(&child), PERM);
    handle = (struct coco_spawn_handle){3000, COCO_RIGHTS_SAME, 0, 0};
    EXPECT_ERROR(child_spawn(&child), NOTFOUND);
    EXPECT_OK(coco_close((coco_handle_t)kept));
}

TEST(process_spawn, too_many_handles, RULE("process_spawn.EINVAL"))
{
    static struct coco_spawn_handle handles[COCO_SPAWN_HANDLES_MAX + 1];
    for (size_t i = 0; i <= COCO_SPAWN_HANDLES_MAX; i++) {
        handles[i] = (struct coco_spawn_handle){COCO_HANDLE_LOG, COCO_RIGHTS_SAME, 0, 0};
    }
    struct child child = {.handles = handles, .handle_count = COCO_SPAWN_HANDLES_MAX};
    expect_exit(child_spawn(&child), 0);
    child.handle_count++;
    EXPECT_ERROR(child_spawn(&child), INVAL);
}

TEST(process_spawn, too_long_arguments, RULE("process_spawn.6"), RULE("process_spawn.ETOOBIG"))
{
    int64_t area =
        memory_map(COCO_HANDLE_NONE, 0, 0, COCO_ARGUMENT_MAX + PAGE, READ_WRITE | ANONYMOUS);
    REQUIRE_TRUE(area > 0);
    memset((void *)area, 'a', COCO_ARGUMENT_MAX + PAGE);
    struct coco_spawn spawn = {.size = sizeof(spawn),
                               .path = (uintptr_t)MINIMAL_PROGRAM,
                               .arguments = (uintptr_t)area,
                               .arguments_len = COCO_ARGUMENT_MAX,
                               .argument_count = 1};
    ((char *)area)[COCO_ARGUMENT_MAX - 1] = '\0';
    expect_exit(coco_process_spawn(&spawn), 0);
    spawn.environment = (uintptr_t)"E";
    spawn.environment_len = 2;
    spawn.environment_count = 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), TOOBIG);
    spawn.environment_len = 0;
    spawn.environment_count = 0;
    spawn.arguments_len = COCO_ARGUMENT_MAX + 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), TOOBIG);
    spawn.arguments_len = UINT64_MAX;
    EXPECT_ERROR(coco_process_spawn(&spawn), TOOBIG);
    EXPECT_OK(memory_unmap((const void *)area, COCO_ARGUMENT_MAX + PAGE));
}

TEST(process_spawn, fields_are_checked, RULE("process_spawn.7"), RULE("process_spawn.EINVAL"))
{
    const struct coco_spawn good = {.size = sizeof(good), .path = (uintptr_t)MINIMAL_PROGRAM};
    struct coco_spawn spawn = good;
    spawn.size = 0;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn.size = sizeof(spawn) - 8;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn.size = sizeof(spawn) + 8;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn = good;
    spawn.flags = COCO_SPAWN_MASK + 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn = good;
    spawn.reserved = 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    struct coco_spawn_handle handle = {COCO_HANDLE_LOG, COCO_RIGHTS_SAME, 0, 1};
    spawn = good;
    spawn.handles = (uintptr_t)&handle;
    spawn.handle_count = 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
}

/* The count of strings and their bytes must agree. */
TEST(process_spawn, string_blocks_are_checked, RULE("process_spawn.EINVAL"))
{
    struct coco_spawn spawn = {.size = sizeof(spawn),
                               .path = (uintptr_t)MINIMAL_PROGRAM,
                               .arguments = (uintptr_t)"a\0b",
                               .arguments_len = 4,
                               .argument_count = 2};
    expect_exit(coco_process_spawn(&spawn), 0);
    spawn.argument_count = 3;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn.argument_count = 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn.argument_count = 2;
    spawn.arguments_len = 3;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn.argument_count = UINT32_MAX;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
}

TEST(process_spawn, pointers_are_checked, RULE("process_spawn.fault.arguments"),
     RULE("process_spawn.range.arguments"))
{
    const struct coco_spawn good = {.size = sizeof(good), .path = (uintptr_t)MINIMAL_PROGRAM};
    struct coco_spawn spawn = good;
    spawn.path = UNMAPPED_ADDRESS;
    EXPECT_ERROR(coco_process_spawn(&spawn), FAULT);
    spawn.path = KERNEL_ADDRESS;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn = good;
    spawn.arguments = UNMAPPED_ADDRESS;
    spawn.arguments_len = 2;
    spawn.argument_count = 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), FAULT);
    spawn.arguments = KERNEL_ADDRESS;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn = good;
    spawn.directory = UNMAPPED_ADDRESS;
    EXPECT_ERROR(coco_process_spawn(&spawn), FAULT);
    spawn = good;
    spawn.handles = UNMAPPED_ADDRESS;
    spawn.handle_count = 1;
    EXPECT_ERROR(coco_process_spawn(&spawn), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_SPAWN, UNMAPPED_ADDRESS), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_SPAWN, OUTSIDE_ADDRESS - 8), INVAL);
}
