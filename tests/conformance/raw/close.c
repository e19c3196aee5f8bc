// SPDX-License-Identifier: MIT
// Tests of `close`, and of the numbers handles get.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>

#include "scratch.h"

TEST(close, any_number_succeeds, RULE("close.1"))
{
    EXPECT_OK(coco_close(1000));
    EXPECT_OK(coco_close(COCO_HANDLE_MAX));
    EXPECT_OK(coco_close(0x7fffffff));
    EXPECT_OK(coco_close(COCO_HANDLE_NONE));
    EXPECT_OK(RAW(COCO_SYS_CLOSE, UINT64_MAX));
}

TEST(close, twice_succeeds, RULE("close.1"))
{
    int64_t handle = coco_opendir("/");
    REQUIRE_TRUE(handle > 0);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    EXPECT_OK(coco_close((coco_handle_t)handle));
    EXPECT_ERROR(coco_handle_info((coco_handle_t)handle), NOTFOUND);
}

TEST(close, lowest_free_number_is_next, RULE("close.2"))
{
    coco_handle_t first = scratch_next_handle();
    for (coco_handle_t i = 0; i < 5; i++) {
        REQUIRE_EQ(coco_opendir("/"), first + i);
    }
    EXPECT_OK(coco_close(first + 3));
    EXPECT_OK(coco_close(first + 1));
    EXPECT_EQ(coco_opendir("/"), first + 1);
    EXPECT_EQ(coco_opendir("/"), first + 3);
    EXPECT_EQ(coco_opendir("/"), first + 5);
    for (coco_handle_t i = 0; i < 6; i++) {
        EXPECT_OK(coco_close(first + i));
    }
}

/* The log takes 0 only until it is closed. */
TEST(close, log_number_is_free_after_close, RULE("close.2"))
{
    int64_t copy = coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(copy > 0);
    EXPECT_OK(coco_close(COCO_HANDLE_LOG));
    EXPECT_ERROR(coco_write(COCO_HANDLE_LOG, "", 0), NOTFOUND);
    EXPECT_EQ(coco_opendir("/"), 0);
    EXPECT_OK(coco_close(0));
    EXPECT_EQ(coco_handle_duplicate((coco_handle_t)copy, COCO_RIGHTS_SAME), 0);
    EXPECT_OK(coco_close((coco_handle_t)copy));
}

/* All numbers can be used, in order, and the table is empty again afterwards. */
TEST(close, table_fills_and_empties, RULE("close.2"), RULE("handle_duplicate.EMFILE"),
     RULE("file_open.EMFILE"), RULE("process_spawn.EMFILE"), RULE("thread_create.EMFILE"))
{
    coco_handle_t first = scratch_next_handle();
    coco_handle_t next = first;
    int64_t handle;
    while ((handle = coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME)) >= 0) {
        REQUIRE_EQ(handle, next);
        next++;
    }
    EXPECT_ERROR(handle, MFILE);
    EXPECT_EQ(next, COCO_HANDLE_MAX);
    EXPECT_ERROR(coco_file_open("/raw/child", COCO_FILE_READ, 0), MFILE);
    struct coco_spawn spawn = {.size = sizeof(spawn), .path = (uintptr_t)"/raw/minimal"};
    EXPECT_ERROR(coco_process_spawn(&spawn), MFILE);
    EXPECT_ERROR(RAW(COCO_SYS_THREAD_CREATE, (uintptr_t)coco_close, (uintptr_t)&spawn, 0, 0),
                 MFILE);
    for (coco_handle_t i = first; i < next; i++) {
        EXPECT_OK(coco_close(i));
    }
    EXPECT_EQ(scratch_next_handle(), first);
}
