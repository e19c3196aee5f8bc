// SPDX-License-Identifier: MIT
// Tests of `file_resize`. Full file system and largest file are in write.c.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(file_resize, added_bytes_are_zero, RULE("file_resize.1"))
{
    static uint8_t content[9000];
    memset(content, 0xab, sizeof(content));
    int64_t file = scratch_create("/raw/data", content, 5000);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_OK(coco_file_resize(handle, 10));
    EXPECT_OK(coco_file_resize(handle, 9000));
    EXPECT_EQ(scratch_size(handle), 9000);
    EXPECT_EQ(coco_file_pread(handle, content, sizeof(content), 0), 9000);
    EXPECT_TRUE(bytes_are(content, 0xab, 10));
    EXPECT_TRUE(bytes_are(content + 10, 0, 8990));
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_resize, position_stays, RULE("file_resize.1"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_file_seek(handle, 8, COCO_SEEK_SET), 8);
    EXPECT_OK(coco_file_resize(handle, 4));
    EXPECT_EQ(coco_file_seek(handle, 0, COCO_SEEK_CURRENT), 8);
    char c;
    EXPECT_EQ(coco_read(handle, &c, 1), 0);
    EXPECT_EQ(coco_write(handle, "X", 1), 1);
    EXPECT_OK(coco_close(handle));
    scratch_expect("/raw/data", "0123\0\0\0\0X", 9);
    EXPECT_OK(coco_unlink("/raw/data"));
}
