// SPDX-License-Identifier: MIT
// Tests of `exec`: start a program that inherits nothing. The program is upstream/tester.c, which
// proves what such a program finds and leaves its verdict in the file /result of its root.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "memory.h"
#include "scratch.h"

#define JAIL SCRATCH "/jail"

static int64_t exec(const char *file, const char *root, uint64_t flags)
{
    return RAW(COCO_SYS_EXEC, (uintptr_t)file, (uintptr_t)root, flags);
}

/* Waits for the tester's verdict: "pass\n", or "fail LINE\n". */
static void expect_verdict(const char *path)
{
    char verdict[64];
    uint64_t deadline = deadline_after(60 * SECONDS);
    for (;;) {
        int64_t len = 0;
        int64_t file = coco_open(path, COCO_OPEN_READ, 0);
        if (file >= 0) {
            len = coco_read((coco_handle_t)file, verdict, sizeof(verdict) - 1);
            EXPECT_OK(coco_close((coco_handle_t)file));
        }
        if (len > 0 && verdict[len - 1] == '\n') {
            verdict[len - 1] = '\0';
            break;
        }
        if (deadline_after(0) > deadline) {
            test_fail(__FILE_NAME__, __LINE__, "%s: no verdict after a minute", path);
            return;
        }
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    if (strcmp(verdict, "pass") != 0) {
        test_fail(__FILE_NAME__, __LINE__, "upstream/tester.c: %s", verdict);
    }
    EXPECT_OK(coco_unlink(path));
}

static void make_jail(const char *mode)
{
    EXPECT_OK(coco_mkdir(JAIL));
    EXPECT_OK(scratch_file(JAIL "/mode", mode, strlen(mode)));
}

static void remove_jail(void)
{
    EXPECT_OK(coco_unlink(JAIL "/mode"));
    EXPECT_OK(coco_rmdir(JAIL));
}

/* The tester looks at its registers, stack, segments, handles, and at all quirks of the file calls.
 */
TEST(exec, root_is_childs_root, RULE("exec.1"), RULE("exec.2"))
{
    make_jail("full");
    EXPECT_TRUE(exec(UPSTREAM_PROGRAM, JAIL, 0) > 0);
    expect_verdict(JAIL "/result");
    remove_jail();
}

/* The tester, with JAIL as its root, runs itself: the program by its path from the global root, the
   root by its path from its own. */
TEST(exec, paths_of_a_jailed_caller, RULE("exec.1"))
{
    make_jail("exec");
    EXPECT_OK(coco_mkdir(JAIL "/inner"));
    EXPECT_OK(scratch_file(JAIL "/inner/mode", "quick", 5));
    EXPECT_TRUE(exec(UPSTREAM_PROGRAM, JAIL, 0) > 0);
    expect_verdict(JAIL "/result");
    expect_verdict(JAIL "/inner/result");
    EXPECT_OK(coco_unlink(JAIL "/inner/mode"));
    EXPECT_OK(coco_rmdir(JAIL "/inner"));
    remove_jail();
}

TEST(exec, result_is_task_id, RULE("exec.3"))
{
    make_jail("quick");
    int64_t first = exec(UPSTREAM_PROGRAM, JAIL, 0);
    expect_verdict(JAIL "/result");
    int64_t second = exec(UPSTREAM_PROGRAM, JAIL, 0);
    expect_verdict(JAIL "/result");
    EXPECT_TRUE(first > 0 && second > 0 && first <= UINT32_MAX && second <= UINT32_MAX);
    EXPECT_TRUE(first != second && first != coco_process_id() && second != coco_process_id());
    remove_jail();
}

TEST(exec, missing_is_notfound, RULE("exec.4"), RULE("exec.ENOTFOUND"))
{
    EXPECT_ERROR(exec(SCRATCH "/nothing", "/", 0), NOTFOUND);
    EXPECT_ERROR(exec(UPSTREAM_PROGRAM, SCRATCH "/nothing", 0), NOTFOUND);
    EXPECT_ERROR(exec(UPSTREAM_PROGRAM, UPSTREAM_PROGRAM, 0), NOTFOUND);
    EXPECT_ERROR(exec(SCRATCH, "/", 0), NOTFOUND);
}

TEST(exec, no_program_is_invalid, RULE("exec.4"), RULE("exec.EINVAL"))
{
    EXPECT_OK(scratch_file(SCRATCH "/text", "not a program\n", 14));
    EXPECT_ERROR(exec(SCRATCH "/text", "/", 0), INVAL);
    EXPECT_OK(scratch_file(SCRATCH "/text", "", 0));
    EXPECT_ERROR(exec(SCRATCH "/text", "/", 0), INVAL);
    EXPECT_OK(coco_unlink(SCRATCH "/text"));
}

TEST(exec, flags_are_ignored, RULE("exec.5"))
{
    make_jail("quick");
    EXPECT_TRUE(exec(UPSTREAM_PROGRAM, JAIL, UINT64_MAX) > 0);
    expect_verdict(JAIL "/result");
    EXPECT_TRUE(exec(UPSTREAM_PROGRAM, JAIL, 0x123456789) > 0);
    expect_verdict(JAIL "/result");
    remove_jail();
}

/* Programs of ours run under EXEC as well; without arguments the child does nothing. */
TEST(exec, our_programs_run_too, RULE("exec.1"))
{
    EXPECT_TRUE(exec(MINIMAL_PROGRAM, "/", 0) > 0);
    EXPECT_TRUE(exec(CHILD_PROGRAM, SCRATCH, 0) > 0);
    EXPECT_TRUE(exec(CHILD_PIE_PROGRAM, SCRATCH, 0) > 0);
}

/* Handles that the caller holds are not the child's: "full" finds exactly one, and a write to
   number 1 fails. The tester checks that; here the caller only has several open. */
TEST(exec, inherits_nothing, RULE("exec.2"))
{
    int64_t file = coco_open(UPSTREAM_PROGRAM, COCO_OPEN_READ, 0);
    int64_t dir = coco_opendir("/");
    make_jail("quick");
    EXPECT_TRUE(exec(UPSTREAM_PROGRAM, JAIL, 0) > 0);
    expect_verdict(JAIL "/result");
    remove_jail();
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_close((coco_handle_t)dir));
}
