// SPDX-License-Identifier: MIT
// What calls answer when the machine has no memory left. A child takes it all (child/exhaust.c);
// this process only waits meanwhile.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "memory.h"
#include "report.h"
#include "scratch.h"

#define FOLDER SCRATCH "/x"

/* Removes everything the child made, in as many rounds as names stay. */
static void remove_folder(void)
{
    static struct coco_dirent entries[32];
    int64_t dir = coco_opendir(FOLDER);
    REQUIRE_TRUE(dir > 0);
    int64_t count;
    while ((count = coco_readdir((coco_handle_t)dir, entries, 32)) > 0) {
        for (int64_t i = 0; i < count; i++) {
            static char path[300] = FOLDER "/";
            memcpy(path + sizeof(FOLDER), entries[i].name, strlen(entries[i].name) + 1);
            EXPECT_OK(entries[i].type == COCO_TYPE_DIR ? coco_rmdir(path) : coco_unlink(path));
        }
    }
    EXPECT_OK(count);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_rmdir(FOLDER));
}

static void expect_no_memory(const struct report_exhausted *report, enum exhausted_call call,
                             const char *name)
{
    if (report->last[call] != COCO_ENOMEM) {
        const char *got = test_error_name(report->last[call]);
        test_fail(__FILE_NAME__, __LINE__, "%s: expected ENOMEM, got %s (%ld)", name,
                  got != NULL ? got : "a value", report->last[call]);
    }
}

TEST(no_memory, calls_say_so, RULE("write.ENOMEM"), RULE("file_pwrite.ENOMEM"), RULE("exec.ENOMEM"),
     RULE("process_spawn.ENOMEM"), RULE("process_exec.ENOMEM"), RULE("thread_create.ENOMEM"),
     RULE("handle_duplicate.ENOMEM"), RULE("mmap.ENOMEM"), RULE("opendir.ENOMEM"),
     RULE("open.ENOMEM"), RULE("file_open.ENOMEM"), RULE("mkdir.ENOMEM"), RULE("file_mkdir.ENOMEM"),
     RULE("file_rename.ENOMEM"), RULE("file_lock.ENOMEM"), RULE("file_allocate.ENOMEM"))
{
    static struct report_exhausted report;
    EXPECT_OK(coco_mkdir(FOLDER));
    /* With what this process holds the child's share of memory is more than is left. */
    uint8_t *pages = memory_pages(8192);
    REQUIRE_TRUE(pages != NULL);
    memset(pages, 1, 8192 * PAGE);
    bool answered =
        child_answer(&(struct child){.arguments = {"exhaust_memory"}}, &report, sizeof(report));
    EXPECT_OK(memory_unmap(pages, 8192 * PAGE));
    remove_folder();
    REQUIRE_TRUE(answered);
    expect_no_memory(&report, EXHAUSTED_WRITE, "write");
    expect_no_memory(&report, EXHAUSTED_PWRITE, "file_pwrite");
    expect_no_memory(&report, EXHAUSTED_EXEC, "exec");
    expect_no_memory(&report, EXHAUSTED_SPAWN, "process_spawn");
    expect_no_memory(&report, EXHAUSTED_PROCESS_EXEC, "process_exec");
    expect_no_memory(&report, EXHAUSTED_THREAD, "thread_create");
    expect_no_memory(&report, EXHAUSTED_DUPLICATE, "handle_duplicate");
    expect_no_memory(&report, EXHAUSTED_MMAP, "mmap");
    expect_no_memory(&report, EXHAUSTED_OPENDIR, "opendir");
    expect_no_memory(&report, EXHAUSTED_OPEN, "open");
    expect_no_memory(&report, EXHAUSTED_FILE_OPEN, "file_open");
    expect_no_memory(&report, EXHAUSTED_MKDIR, "mkdir");
    expect_no_memory(&report, EXHAUSTED_FILE_MKDIR, "file_mkdir");
    expect_no_memory(&report, EXHAUSTED_LOCK, "file_lock");
    expect_no_memory(&report, EXHAUSTED_ALLOCATE, "file_allocate");
    expect_no_memory(&report, EXHAUSTED_RENAME, "file_rename");
    expect_no_memory(&report, EXHAUSTED_MRESIZE, "mresize");
}
