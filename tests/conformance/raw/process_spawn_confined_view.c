// SPDX-License-Identifier: MIT
// Tests of `process_spawn_confined`: the view of the file tree. What the children try is in
// child/views.c.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <harness/test.h>

#include "child.h"
#include "logs.h"
#include "memory.h"
#include "scratch.h"

#define BASE "/raw/v"

static const struct coco_call_set all[] = {
    {0, 0, UINT64_MAX},          {1, 0, UINT64_MAX},          {0x80000001, 0, UINT64_MAX},
    {0x80000003, 0, UINT64_MAX}, {0x80000004, 0, UINT64_MAX}, {0x80000005, 0, UINT64_MAX},
};

static const struct coco_view usual[] = {
    {(uintptr_t)(BASE "/ro"), 0, 0},         {(uintptr_t)(BASE "/rw"), COCO_VIEW_WRITE, 0},
    {(uintptr_t)(BASE "/rw/locked"), 0, 0},  {(uintptr_t)(BASE "/rw/fixed"), 0, 0},
    {(uintptr_t)(BASE "/rw/d/e/key"), 0, 0}, {(uintptr_t)CHILD_PROGRAM, 0, 0},
    {(uintptr_t)"/dev/zero", 0, 0},
};

static struct coco_policy policy(void)
{
    struct coco_policy policy = child_policy(all, sizeof(all) / sizeof(all[0]));
    policy.flags = COCO_POLICY_VIEW;
    policy.view = (uintptr_t)usual;
    policy.view_count = sizeof(usual) / sizeof(usual[0]);
    return policy;
}

static void make_tree(void)
{
    static const char *const folders[] = {BASE,           BASE "/ro",        BASE "/ro/sub",
                                          BASE "/rw",     BASE "/rw/locked", BASE "/rw/d",
                                          BASE "/rw/d/e", BASE "/secret"};
    static const char *const files[] = {BASE "/ro/file",  BASE "/ro/sub/deep", BASE "/rw/file",
                                        BASE "/rw/fixed", BASE "/rw/d/e/key",  BASE "/secret/x"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        EXPECT_OK(coco_file_mkdir(folders[i], 0755));
    }
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        EXPECT_OK(scratch_file(files[i], "x", 1));
    }
    EXPECT_OK(coco_file_symlink_at(BASE "/secret/x", COCO_HANDLE_NONE, BASE "/rw/to_secret"));
    EXPECT_OK(coco_file_symlink_at("../ro/file", COCO_HANDLE_NONE, BASE "/rw/to_ro"));
}

/* Also that all is as it was made, and no more. */
static void remove_tree(void)
{
    static const char *const files[] = {BASE "/ro/file",      BASE "/ro/sub/deep", BASE "/rw/file",
                                        BASE "/rw/fixed",     BASE "/rw/d/e/key",  BASE "/secret/x",
                                        BASE "/rw/to_secret", BASE "/rw/to_ro"};
    static const char *const folders[] = {BASE "/ro/sub", BASE "/ro",   BASE "/rw/locked",
                                          BASE "/rw/d/e", BASE "/rw/d", BASE "/rw",
                                          BASE "/secret", BASE};
    scratch_expect(BASE "/ro/file", "x", 1);
    scratch_expect(BASE "/rw/d/e/key", "x", 1);
    scratch_expect(BASE "/secret/x", "x", 1);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        EXPECT_OK(coco_file_unlink(files[i], 0));
    }
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        EXPECT_OK(coco_file_unlink(folders[i], COCO_UNLINK_DIRECTORY));
    }
}

static int64_t start(const char *behaviour, const struct coco_policy *under, coco_handle_t dir)
{
    const struct coco_spawn_handle given = {dir, COCO_RIGHT_READ, COCO_ROLE_FD + 9, 0};
    const struct child child = {.arguments = {behaviour},
                                .handles = &given,
                                .handle_count = dir == COCO_HANDLE_NONE ? 0 : 1};
    return child_spawn_confined(&child, under);
}

/* Its exit code must be 0. Returns its task id. */
static int64_t expect_well(const char *behaviour, const struct coco_policy *under,
                           coco_handle_t dir)
{
    return child_expect_well(start(behaviour, under, dir));
}

/* One behaviour in the usual view. */
static void run(const char *behaviour)
{
    const struct coco_policy under = policy();
    make_tree();
    expect_well(behaviour, &under, COCO_HANDLE_NONE);
    remove_tree();
}

TEST(process_spawn_confined, view_hides, RULE("process_spawn_confined.9"))
{
    const struct coco_policy under = policy();
    make_tree();
    int64_t outside = coco_file_open(BASE "/secret", COCO_FILE_READ, 0);
    REQUIRE_TRUE(outside >= 0);
    expect_well("view_hides", &under, (coco_handle_t)outside);
    EXPECT_OK(coco_close((coco_handle_t)outside));
    remove_tree();
}

TEST(process_spawn_confined, view_read_only, RULE("process_spawn_confined.10"),
     RULE("process_spawn_confined.12"), RULE("process_spawn_confined.EROFS"))
{
    run("view_read_only");
}

TEST(process_spawn_confined, view_writable, RULE("process_spawn_confined.10"))
{
    run("view_writable");
}

TEST(process_spawn_confined, view_devices, RULE("process_spawn_confined.11"))
{
    static const struct coco_view whole[] = {{(uintptr_t)"/", COCO_VIEW_WRITE, 0},
                                             {(uintptr_t)"/dev/zero", 0, 0}};
    run("view_devices");
    struct coco_policy under = policy();
    under.view = (uintptr_t)whole;
    under.view_count = 2;
    expect_well("view_devices", &under, COCO_HANDLE_NONE);
}

TEST(process_spawn_confined, view_heirs, RULE("process_spawn_confined.13"))
{
    run("view_heirs");
}

/* Entries are about what is there at the start, not about names. */
TEST(process_spawn_confined, view_entries, RULE("process_spawn_confined.13"),
     RULE("process_spawn_confined.8"))
{
    struct coco_view entry = {(uintptr_t)(BASE "/missing"), 0, 0};
    struct coco_policy under = policy();
    make_tree();
    under.view = (uintptr_t)&entry;
    under.view_count = 1;
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), NOTFOUND);
    entry.path = (uintptr_t)(BASE "/ro/file/");
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), NOTDIR);
    entry.path = UNMAPPED_ADDRESS;
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), FAULT);
    entry.path = (uintptr_t)BASE;
    entry.access = COCO_VIEW_WRITE << 1;
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), INVAL);
    entry.access = 0;
    entry.reserved = 1;
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), INVAL);
    under.view = UNMAPPED_ADDRESS;
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), FAULT);
    under.view_count = COCO_VIEW_MAX + 1;
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), INVAL);
    under = policy();
    under.flags = COCO_POLICY_VIEW << 1;
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), INVAL);
    under.flags = 0; // entries without a view
    EXPECT_ERROR(start("view_hides", &under, COCO_HANDLE_NONE), INVAL);
    remove_tree();
}

TEST(process_spawn_confined, view_lines, RULE("process_spawn_confined.16"))
{
    static char text[65536 + 4096];
    char line[80];
    const struct coco_policy under = policy();
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    make_tree();
    int64_t id = expect_well("view_devices", &under, COCO_HANDLE_NONE);
    int64_t busy = expect_well("view_read_only", &under, COCO_HANDLE_NONE);
    remove_tree();
    int64_t len = coco_system_log(entry_handle(COCO_ROLE_SYSTEM), text, sizeof(text), 0);
    REQUIRE_TRUE(len > 0);
    print_to(line, sizeof(line), "(process %ld) may not see /dev/null", id);
    EXPECT_EQ(log_text_count(text, len, line), 2);
    print_to(line, sizeof(line), "(process %ld) may not see /dev/console", id);
    EXPECT_EQ(log_text_count(text, len, line), 1); // the same twice in a row is one
    print_to(line, sizeof(line), "(process %ld) may not change /dev/zero", id);
    EXPECT_EQ(log_text_count(text, len, line), 1);
    print_to(line, sizeof(line), "(process %ld) may not change ", busy);
    EXPECT_EQ(log_text_count(text, len, line), 16);
}
