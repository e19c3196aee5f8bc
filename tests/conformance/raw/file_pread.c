// SPDX-License-Identifier: MIT
// Tests of `file_pread`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(file_pread, own_position_stays, RULE("file_pread.1"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    char text[8];
    EXPECT_EQ(coco_seek(handle, 7, COCO_FS_SEEK_ABSOLUTE), 7);
    EXPECT_EQ(coco_file_pread(handle, text, 4, 2), 4);
    EXPECT_BYTES(text, "2345", 4);
    EXPECT_EQ(coco_file_pread(handle, text, 8, 8), 2);
    EXPECT_BYTES(text, "89", 2);
    EXPECT_EQ(coco_read(handle, text, 8), 3);
    EXPECT_BYTES(text, "789", 3);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_pread, beyond_end, RULE("file_pread.2"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    char text[8];
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, text, 8, 10), 0);
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, text, 8, 1ull << 40), 0);
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, text, 8, INT64_MAX), 0);
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, text, 8, UINT64_MAX), 0);
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, text, 0, 0), 0);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}
