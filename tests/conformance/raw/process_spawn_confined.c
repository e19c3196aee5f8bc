// SPDX-License-Identifier: MIT
// Tests of `process_spawn_confined`: for each thing that a policy can forbid, that it is refused.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <harness/test.h>

#include "child.h"
#include "logs.h"
#include "memory.h"
#include "scratch.h"

#define JAIL "/raw/jail"

/* All of the class of processes, of files and of threads, and what ends a program; no channels. */
static const struct coco_call_set some[] = {
    {0x80000001, 0, UINT64_MAX}, {0x80000003, 0, UINT64_MAX}, {0x80000004, 0, UINT64_MAX},
    {0x80000002, 0, UINT64_MAX}, {0x80000009, 0, UINT64_MAX}, {1, 0, UINT64_MAX},
    {0, 0, UINT64_MAX},          {0x80000000, 0, 1u << 16}, /* batch */
};

static struct coco_policy policy(void)
{
    return child_policy(some, sizeof(some) / sizeof(some[0]));
}

static int64_t start(const char *behaviour, const struct coco_policy *under)
{
    const struct child child = {.arguments = {behaviour}};
    return child_spawn_confined(&child, under);
}

/* Runs a behaviour under a policy; its exit code must be 0. Returns its task id. */
static int64_t expect_well(const char *behaviour, const struct coco_policy *under)
{
    return child_expect_well(start(behaviour, under));
}

static void expect_refused(const struct coco_policy *under, int64_t error)
{
    EXPECT_EQ(start("confined", under), error);
}

TEST(process_spawn_confined, calls, RULE("process_spawn_confined.1"),
     RULE("process_spawn_confined.2"), RULE("process_spawn_confined.EDENIED"))
{
    struct coco_policy under = policy();
    expect_well("confined", &under);
    struct coco_policy nothing = policy();
    nothing.call_count = 0;
    struct coco_exit_status status;
    int64_t process = start("process_exit", &nothing); // cannot even end itself by a call
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_TRUE(status.reason == COCO_EXIT_EXCEPTION);
}

TEST(process_spawn_confined, one_line_for_each_call, RULE("process_spawn_confined.2"))
{
    static char text[65536 + 4096];
    char line[80];
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    struct coco_policy under = policy();
    int64_t id = expect_well("confined", &under);
    int64_t len = coco_system_log(entry_handle(COCO_ROLE_SYSTEM), text, sizeof(text), 0);
    REQUIRE_TRUE(len > 0);
    print_to(line, sizeof(line), "(process %ld) may not call query", id);
    EXPECT_EQ(log_text_count(text, len, line), 1);
    print_to(line, sizeof(line), "(process %ld) may not call channel_create", id);
    EXPECT_EQ(log_text_count(text, len, line), 1);
    print_to(line, sizeof(line), "(process %ld) may not call process_id", id);
    EXPECT_EQ(log_text_count(text, len, line), 0);
}

TEST(process_spawn_confined, heirs, RULE("process_spawn_confined.3"))
{
    struct coco_policy under = policy();
    expect_well("confined_heirs", &under);
}

TEST(process_spawn_confined, records, RULE("process_spawn_confined.4"))
{
    struct coco_policy under = policy();
    struct coco_call_set sets[10];
    memcpy(sets, some, sizeof(some));
    sets[8] = (struct coco_call_set){0x80000000, 64, UINT64_MAX};
    sets[9] = (struct coco_call_set){0x7fffffff, 0, UINT64_MAX};
    under.calls = (uintptr_t)sets;
    under.call_count = 10;
    expect_well("confined", &under);
    for (uint32_t first = 1; first < 64; first += 31) {
        sets[8].first = first;
        expect_refused(&under, COCO_EINVAL);
    }
}

TEST(process_spawn_confined, budgets, RULE("process_spawn_confined.5"),
     RULE("process_spawn_confined.EAGAIN"), RULE("process_spawn_confined.ENOMEM"))
{
    struct coco_policy under = policy();
    under.memory = 32 << 20;
    under.tasks = 1;
    expect_well("confined_budget", &under);
    under.tasks = 0;
    expect_refused(&under, COCO_EAGAIN);
    under.tasks = 1;
    under.memory = PAGE;
    expect_refused(&under, COCO_ENOMEM);
}

TEST(process_spawn_confined, budget_of_shared_memory, RULE("process_spawn_confined.5"),
     RULE("mmap.4"), RULE("mmap.16"))
{
    struct coco_policy under = policy();
    under.memory = 8 << 20;
    expect_well("budget_of_shared_memory", &under);
}

TEST(process_spawn_confined, budget_of_page_tables, RULE("process_spawn_confined.5"),
     RULE("mem_advise.ENOMEM"))
{
    struct coco_policy under = policy();
    under.memory = 8 << 20;
    expect_well("budget_of_page_tables", &under);
}

#define NAME_COUNT 262u
#define NAME_LEN 4000u

/* The path of name `number` in /raw/names, which is as long as upstream's calls take them. */
static const char *long_name(uint32_t number)
{
    static char path[NAME_LEN + 24] = "/raw/names/";
    memset(path + 11, 'n', NAME_LEN);
    print_to(path + 11 + NAME_LEN, 8, "%u", number);
    return path;
}

TEST(process_spawn_confined, budget_of_names, RULE("process_spawn_confined.5"),
     RULE("opendir.ENOMEM"), RULE("readdir.ENOMEM"))
{
    struct coco_policy under = policy();
    under.memory = 8 << 20;
    EXPECT_OK(coco_mkdir("/raw/names"));
    for (uint32_t i = 0; i < NAME_COUNT; i++) {
        EXPECT_OK(scratch_file(long_name(i), "", 0));
    }
    expect_well("budget_of_names", &under);
    for (uint32_t i = 0; i < NAME_COUNT; i++) {
        EXPECT_OK(coco_unlink(long_name(i)));
    }
    EXPECT_OK(coco_rmdir("/raw/names"));
}

TEST(process_spawn_confined, handles, RULE("process_spawn_confined.6"),
     RULE("process_spawn_confined.EMFILE"))
{
    struct coco_call_set sets[9];
    struct coco_policy under = policy();
    memcpy(sets, some, sizeof(some));
    sets[8] = (struct coco_call_set){0x80000000, 0, UINT64_MAX};
    under.calls = (uintptr_t)sets;
    under.call_count = 9;
    under.handles = 8;
    expect_well("confined_handles", &under);
    struct coco_spawn_handle given[2] = {{COCO_HANDLE_LOG, COCO_RIGHTS_SAME, 0, 0},
                                         {COCO_HANDLE_LOG, COCO_RIGHTS_SAME, 0, 0}};
    const struct coco_spawn spawn = {.size = sizeof(spawn),
                                     .path = (uintptr_t)MINIMAL_PROGRAM,
                                     .handles = (uintptr_t)given,
                                     .handle_count = 2};
    under.handles = 2;
    EXPECT_ERROR(coco_process_spawn_confined(&spawn, &under), MFILE);
}

TEST(process_spawn_confined, root, RULE("process_spawn_confined.7"),
     RULE("process_spawn_confined.ENOTFOUND"), RULE("process_spawn_confined.ENOTDIR"),
     RULE("process_spawn_confined.ENAMETOOLONG"))
{
    static char long_path[300] = "/";
    struct coco_policy under = policy();
    EXPECT_OK(coco_mkdir(JAIL));
    EXPECT_OK(scratch_file(JAIL "/inside", "x", 1));
    under.root = (uintptr_t)JAIL;
    expect_well("confined_root", &under);
    under.root = (uintptr_t)(JAIL "/missing");
    expect_refused(&under, COCO_ENOTFOUND);
    under.root = (uintptr_t)(JAIL "/inside");
    expect_refused(&under, COCO_ENOTDIR);
    memset(long_path + 1, 'a', sizeof(long_path) - 2);
    under.root = (uintptr_t)long_path;
    expect_refused(&under, COCO_ENAMETOOLONG);
    under.root = UNMAPPED_ADDRESS;
    expect_refused(&under, COCO_EFAULT);
    EXPECT_OK(coco_unlink(JAIL "/inside"));
    EXPECT_OK(coco_rmdir(JAIL));
}

TEST(process_spawn_confined, fields, RULE("process_spawn_confined.8"),
     RULE("process_spawn_confined.EINVAL"))
{
    struct coco_policy under = policy();
    under.size = COCO_POLICY_SIZE_1 + 8;
    expect_refused(&under, COCO_EINVAL);
    under = policy();
    under.reserved = 1;
    expect_refused(&under, COCO_EINVAL);
    under = policy();
    under.handles = 0;
    expect_refused(&under, COCO_EINVAL);
    under.handles = COCO_HANDLE_MAX + 1;
    expect_refused(&under, COCO_EINVAL);
    under = policy();
    under.call_count = COCO_POLICY_CALLS_MAX + 1;
    expect_refused(&under, COCO_EINVAL);
    under = policy();
    under.calls = UNMAPPED_ADDRESS;
    expect_refused(&under, COCO_EFAULT);
    under.calls = UINT64_MAX;
    expect_refused(&under, COCO_EINVAL);
}

TEST(process_spawn_confined, as_process_spawn, RULE("process_spawn_confined.1"),
     RULE("process_spawn_confined.ENOTSUPP"), RULE("process_spawn_confined.EPERM"),
     RULE("process_spawn_confined.ETOOBIG"), RULE("process_spawn_confined.ENOEXEC"))
{
    const struct coco_policy under = policy();
    struct coco_spawn spawn = {.size = sizeof(spawn), .path = 0, .flags = COCO_SPAWN_FILE};
    EXPECT_ERROR(coco_process_spawn_confined(&spawn, &under), NOTSUPP); // the log is no program
    spawn = (struct coco_spawn){.size = sizeof(spawn), .path = (uintptr_t)MINIMAL_PROGRAM};
    struct coco_spawn_handle given = {COCO_HANDLE_LOG, COCO_RIGHT_READ, 0, 0};
    spawn.handles = (uintptr_t)&given;
    spawn.handle_count = 1;
    EXPECT_ERROR(coco_process_spawn_confined(&spawn, &under), PERM);
    spawn.handle_count = 0;
    spawn.arguments_len = COCO_ARGUMENT_MAX + 1;
    EXPECT_ERROR(coco_process_spawn_confined(&spawn, &under), TOOBIG);
    spawn.arguments_len = 0;
    EXPECT_OK(scratch_file("/raw/text", "no program", 10));
    spawn.path = (uintptr_t)"/raw/text";
    EXPECT_ERROR(coco_process_spawn_confined(&spawn, &under), NOEXEC);
    EXPECT_OK(coco_unlink("/raw/text"));
}
