// SPDX-License-Identifier: MIT
// Tests of `handle_info`, for a handle of each kind.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "scratch.h"

static void expect_info(int64_t handle, uint32_t type, uint32_t rights)
{
    int64_t info = coco_handle_info((coco_handle_t)handle);
    EXPECT_EQ((uint32_t)info, type);
    EXPECT_EQ((uint64_t)info >> 32, rights);
}

TEST(handle_info, files, RULE("handle_info.1"), RULE("file_open.6"))
{
    const uint32_t common = COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER;
    expect_info(COCO_HANDLE_LOG, COCO_OBJECT_LOG, COCO_RIGHT_WRITE | common);
    EXPECT_OK(scratch_file("/raw/data", "x", 1));
    int64_t reader = coco_file_open("/raw/data", COCO_FILE_READ, 0);
    int64_t writer = coco_file_open("/raw/data", COCO_FILE_WRITE, 0);
    int64_t both = coco_file_open("/raw/data", COCO_FILE_READ | COCO_FILE_WRITE, 0);
    int64_t dir = coco_file_open("/raw", COCO_FILE_READ | COCO_FILE_DIRECTORY, 0);
    const uint32_t read = COCO_RIGHT_READ | COCO_RIGHT_EXEC | COCO_RIGHT_MAP;
    expect_info(reader, COCO_OBJECT_FILE, read | common);
    expect_info(writer, COCO_OBJECT_FILE, COCO_RIGHT_WRITE | common);
    expect_info(both, COCO_OBJECT_FILE, read | COCO_RIGHT_WRITE | common);
    expect_info(dir, COCO_OBJECT_DIR, COCO_RIGHT_READ | common);
    for (int64_t handle = reader; handle <= dir; handle++) {
        EXPECT_OK(coco_close((coco_handle_t)handle));
    }
    EXPECT_OK(coco_unlink("/raw/data"));
}

static void nothing(void *unused)
{
    (void)unused;
}

TEST(handle_info, processes_and_threads, RULE("handle_info.1"), RULE("process_spawn.1"))
{
    struct coco_exit_status status;
    struct thread thread;
    int64_t process = child_spawn(&(struct child){.program = MINIMAL_PROGRAM});
    REQUIRE_TRUE(process > 0);
    expect_info(process, COCO_OBJECT_PROCESS, COCO_OBJECT_PROCESS_RIGHTS);
    REQUIRE(child_wait(process, &status));
    REQUIRE_OK(thread_start(&thread, nothing, NULL));
    expect_info(thread.handle, COCO_OBJECT_THREAD, COCO_OBJECT_THREAD_RIGHTS);
    EXPECT_OK(thread_join(&thread));
}

TEST(handle_info, streams_and_system, RULE("handle_info.1"))
{
    coco_handle_t out = entry_handle(COCO_ROLE_STDOUT);
    coco_handle_t system = entry_handle(COCO_ROLE_SYSTEM);
    if (out == COCO_HANDLE_NONE || system == COCO_HANDLE_NONE) {
        SKIP("no STDOUT or no SYSTEM handle");
    }
    EXPECT_EQ((uint32_t)coco_handle_info(out), COCO_OBJECT_STREAM);
    EXPECT_EQ((uint32_t)coco_handle_info(system), COCO_OBJECT_SYSTEM);
    EXPECT_TRUE(((uint64_t)coco_handle_info(out) >> 32 & COCO_RIGHT_READ) == 0);
}

TEST(handle_info, bad_handle, RULE("handle_info.handle.handle"))
{
    EXPECT_ERROR(coco_handle_info(COCO_HANDLE_MAX - 1), NOTFOUND);
    EXPECT_ERROR(coco_handle_info(COCO_HANDLE_MAX), NOTFOUND);
    EXPECT_ERROR(coco_handle_info(0x7fffffff), NOTFOUND);
    EXPECT_ERROR(coco_handle_info(COCO_HANDLE_NONE), NOTFOUND);
}
