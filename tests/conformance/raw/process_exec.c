// SPDX-License-Identifier: MIT
// Tests of `process_exec`. What succeeds happens in children (child/exec.c); what is refused leaves
// this process as it is. Images that are no programs are in elf.c.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>

#include "child.h"
#include "memory.h"
#include "report.h"
#include "scratch.h"

static const struct coco_spawn good = {.size = sizeof(good), .path = (uintptr_t)MINIMAL_PROGRAM};

static void become_and_expect(const char *behaviour, const char *argument)
{
    struct coco_exit_status status;
    struct child child = {.arguments = {"exec_become", behaviour, argument}};
    REQUIRE(child_run(&child, &status));
    if (status.reason != COCO_EXIT_CODE || status.code != 0) {
        test_fail(__FILE_NAME__, __LINE__, "%s: reason %u, code %u", behaviour, status.reason,
                  status.code);
    }
}

TEST(process_exec, program_is_as_new, RULE("process_exec.1"))
{
    become_and_expect("check_defaults", NULL);
    become_and_expect("check_sections", NULL);
    become_and_expect("check_fresh_stack", NULL);
    become_and_expect("check_sections", CHILD_PIE_PROGRAM);
}

TEST(process_exec, arguments_arrive, RULE("process_exec.1"))
{
    struct coco_exit_status status;
    struct child child = {.arguments = {"exec_become", "process_exit", "77"}};
    REQUIRE(child_run(&child, &status));
    EXPECT_EQ(status.code, 77);
}

TEST(process_exec, registers_are_as_new, RULE("process_exec.1"))
{
    static struct entry_state state;
    uint32_t mxcsr;
    struct child child = {.arguments = {"exec_become", "report_entry"}};
    REQUIRE(child_answer(&child, &state, sizeof(state)));
    const uint64_t zero[] = {state.rax, state.rbx, state.rcx, state.rdx, state.rsi,
                             state.rbp, state.r8,  state.r9,  state.r10, state.r11,
                             state.r12, state.r13, state.r14, state.r15};
    EXPECT_TRUE(bytes_are(zero, 0, sizeof(zero)));
    EXPECT_TRUE(state.rdi != 0 && state.rdi < COCO_USER_END);
    EXPECT_EQ(state.rsp % 16, 8);
    EXPECT_EQ(state.stack_word, 0);
    EXPECT_EQ(state.rflags, 0x202);
    memcpy(&mxcsr, state.fxsave + FXSAVE_MXCSR, sizeof(mxcsr));
    EXPECT_EQ(mxcsr, 0x1f80);
    EXPECT_TRUE(bytes_are(state.fxsave + FXSAVE_ST0, 0, FXSAVE_END - FXSAVE_ST0));
}

TEST(process_exec, smallest_program, RULE("process_exec.1"))
{
    struct coco_exit_status status;
    struct child child = {.arguments = {"exec_become", "x", "y", MINIMAL_PROGRAM}};
    REQUIRE(child_run(&child, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
}

TEST(process_exec, listed_handles_stay, RULE("process_exec.2"))
{
    struct report_handles report;
    int64_t file = scratch_create("/raw/handles", NULL, 0);
    REQUIRE_TRUE(file > 0);
    struct coco_spawn_handle handle = {(coco_handle_t)file,
                                       COCO_RIGHT_READ | COCO_RIGHT_WRITE | COCO_RIGHT_DUP,
                                       COCO_ROLE_FD + 9, 0};
    struct child child = {.arguments = {"exec_handles"}, .handles = &handle, .handle_count = 1};
    struct coco_exit_status status;
    REQUIRE(child_run(&child, &status));
    EXPECT_EQ(status.code, 0);
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, &report, sizeof(report), 0),
              (int64_t)sizeof(report));
    EXPECT_EQ(report.count, 3);
    EXPECT_EQ(report.info[0], COCO_OBJECT_LOG | (uint64_t)COCO_OBJECT_LOG_RIGHTS << 32);
    EXPECT_EQ(report.info[1], COCO_OBJECT_FILE | (uint64_t)COCO_RIGHT_READ << 32);
    EXPECT_EQ(report.info[2], COCO_OBJECT_FILE);
    EXPECT_EQ(report.info[3], COCO_OBJECT_FILE | (uint64_t)handle.rights << 32);
    EXPECT_EQ(report.role[1], 0x12345678);
    EXPECT_EQ(report.role[2], COCO_ROLE_FD + 3);
    for (size_t i = 4; i < REPORT_HANDLES; i++) {
        EXPECT_ERROR(report.info[i], NOTFOUND);
    }
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/handles"));
}

TEST(process_exec, rights_are_checked, RULE("process_exec.2"), RULE("process_exec.EPERM"))
{
    struct coco_spawn_handle handle = {COCO_HANDLE_LOG, COCO_RIGHT_READ, 0, 0};
    struct coco_spawn request = good;
    request.handles = (uintptr_t)&handle;
    request.handle_count = 1;
    EXPECT_ERROR(coco_process_exec(&request), PERM);
    handle = (struct coco_spawn_handle){3000, COCO_RIGHTS_SAME, 0, 0};
    EXPECT_ERROR(coco_process_exec(&request), NOTFOUND);
    handle = (struct coco_spawn_handle){COCO_HANDLE_LOG, COCO_RIGHTS_SAME, 0, 2};
    EXPECT_ERROR(coco_process_exec(&request), INVAL);
}

TEST(process_exec, process_stays_the_same, RULE("process_exec.3"))
{
    uint64_t ids[4];
    REQUIRE(child_answer(&(struct child){.arguments = {"exec_ids"}}, ids, sizeof(ids)));
    EXPECT_EQ(ids[0], ids[2]);
    EXPECT_EQ(ids[1], ids[3]);
    child_expect_code("exec_time", NULL, 0);
}

TEST(process_exec, signals, RULE("process_exec.3"))
{
    child_expect_code("exec_signals", NULL, 0);
}

TEST(process_exec, other_threads_end, RULE("process_exec.4"))
{
    for (int round = 0; round < 5; round++) {
        child_expect_code("exec_in_thread", "check_sections", 0);
        child_expect_code("exec_race", "check_sections", 0);
    }
}

TEST(process_exec, again_and_again, RULE("process_exec.2"), RULE("process_exec.4"))
{
    for (int round = 0; round < 10; round++) {
        child_expect_code("exec_again", "9", 0);
    }
}

TEST(process_exec, by_handle, RULE("process_exec.6"))
{
    child_expect_code("exec_file", NULL, 0);
}

TEST(process_exec, refused_kinds, RULE("process_exec.ENOTSUPP"))
{
    struct coco_spawn request = good;
    request.flags = COCO_SPAWN_FILE;
    request.path = COCO_HANDLE_LOG;
    EXPECT_ERROR(coco_process_exec(&request), NOTSUPP);
}

TEST(process_exec, refused_paths, RULE("process_exec.5"), RULE("process_exec.ENOTFOUND"),
     RULE("process_exec.ENOTDIR"), RULE("process_exec.ENAMETOOLONG"), RULE("process_exec.ENOEXEC"))
{
    static char name[COCO_NAME_MAX + 3];
    struct coco_spawn request = good;
    request.path = (uintptr_t)"/raw/missing";
    EXPECT_ERROR(coco_process_exec(&request), NOTFOUND);
    request.path = (uintptr_t)MINIMAL_PROGRAM "/x";
    EXPECT_ERROR(coco_process_exec(&request), NOTDIR);
    memset(name, 'n', sizeof(name) - 1);
    name[0] = '/';
    request.path = (uintptr_t)name;
    EXPECT_ERROR(coco_process_exec(&request), NAMETOOLONG);
    request.path = (uintptr_t)"/raw";
    EXPECT_ERROR(coco_process_exec(&request), NOEXEC);
    EXPECT_OK(scratch_file("/raw/text", "#!/bin/sh\n", 10));
    request.path = (uintptr_t)"/raw/text";
    EXPECT_ERROR(coco_process_exec(&request), NOEXEC);
    EXPECT_OK(coco_unlink("/raw/text"));
}

TEST(process_exec, fields_are_checked, RULE("process_exec.6"), RULE("process_exec.EINVAL"))
{
    struct coco_spawn request = good;
    request.size = sizeof(request) + 8;
    EXPECT_ERROR(coco_process_exec(&request), INVAL);
    request = good;
    request.flags = COCO_SPAWN_MAY_SIGNAL;
    EXPECT_ERROR(coco_process_exec(&request), INVAL);
    request = good;
    request.reserved = 1;
    EXPECT_ERROR(coco_process_exec(&request), INVAL);
    request = good;
    request.handle_count = COCO_SPAWN_HANDLES_MAX + 1;
    EXPECT_ERROR(coco_process_exec(&request), INVAL);
    request = good;
    request.arguments = (uintptr_t)"a";
    request.arguments_len = 2;
    request.argument_count = 2;
    EXPECT_ERROR(coco_process_exec(&request), INVAL);
    request.arguments_len = COCO_ARGUMENT_MAX + 1;
    EXPECT_ERROR(coco_process_exec(&request), TOOBIG);
    request.arguments_len = UINT64_MAX;
    EXPECT_ERROR(coco_process_exec(&request), TOOBIG);
}

TEST(process_exec, too_long_arguments, RULE("process_exec.ETOOBIG"))
{
    struct coco_spawn request = good;
    request.environment = (uintptr_t)"E";
    request.environment_len = 2;
    request.environment_count = 1;
    request.arguments = (uintptr_t)"a";
    request.arguments_len = COCO_ARGUMENT_MAX - 1;
    request.argument_count = 1;
    EXPECT_ERROR(coco_process_exec(&request), TOOBIG);
}

TEST(process_exec, pointers_are_checked, RULE("process_exec.fault.arguments"),
     RULE("process_exec.range.arguments"))
{
    struct coco_spawn request = good;
    request.path = UNMAPPED_ADDRESS;
    EXPECT_ERROR(coco_process_exec(&request), FAULT);
    request.path = KERNEL_ADDRESS;
    EXPECT_ERROR(coco_process_exec(&request), INVAL);
    request = good;
    request.arguments = UNMAPPED_ADDRESS;
    request.arguments_len = 2;
    request.argument_count = 1;
    EXPECT_ERROR(coco_process_exec(&request), FAULT);
    request = good;
    request.directory = UNMAPPED_ADDRESS;
    EXPECT_ERROR(coco_process_exec(&request), FAULT);
    request = good;
    request.handles = UNMAPPED_ADDRESS;
    request.handle_count = 1;
    EXPECT_ERROR(coco_process_exec(&request), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_EXEC, UNMAPPED_ADDRESS), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_EXEC, OUTSIDE_ADDRESS - 8), INVAL);
}
