// SPDX-License-Identifier: MIT
// Tests of `truncate`, upstream's: it only cuts.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(truncate, growing_is_invalid, RULE("truncate.1"), RULE("truncate.EINVAL"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    EXPECT_ERROR(coco_truncate((coco_handle_t)file, 11), INVAL);
    EXPECT_ERROR(coco_truncate((coco_handle_t)file, UINT64_MAX), INVAL);
    EXPECT_EQ(scratch_size((coco_handle_t)file), 10);
    EXPECT_EQ(coco_seek((coco_handle_t)file, 0, COCO_FS_SEEK_RELATIVE), 0);
    EXPECT_EQ(coco_truncate((coco_handle_t)file, 10), 10);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(truncate, own_position_moves_to_end, RULE("truncate.2"), RULE("truncate.3"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    int64_t other = coco_open("/raw/data", COCO_OPEN_READ, 0);
    REQUIRE_TRUE(file > 0 && other > 0);
    EXPECT_EQ(coco_seek((coco_handle_t)other, 8, COCO_FS_SEEK_ABSOLUTE), 8);
    EXPECT_EQ(coco_truncate((coco_handle_t)file, 5), 5);
    EXPECT_EQ(coco_seek((coco_handle_t)file, 0, COCO_FS_SEEK_RELATIVE), 5);
    EXPECT_EQ(coco_write((coco_handle_t)file, "ABCDEF", 6), 6);
    char text[4];
    EXPECT_EQ(coco_read((coco_handle_t)other, text, 4), 3);
    EXPECT_BYTES(text, "DEF", 3);
    EXPECT_OK(coco_close((coco_handle_t)other));
    EXPECT_OK(coco_close((coco_handle_t)file));
    scratch_expect("/raw/data", "01234ABCDEF", 11);
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* What was cut off is gone, even if the file grows again. */
TEST(truncate, old_bytes_do_not_come_back, RULE("truncate.3"))
{
    static uint8_t content[10000];
    memset(content, 0xee, sizeof(content));
    int64_t file = scratch_create("/raw/data", content, sizeof(content));
    REQUIRE_TRUE(file > 0);
    EXPECT_EQ(coco_truncate((coco_handle_t)file, 100), 100);
    EXPECT_OK(coco_file_resize((coco_handle_t)file, sizeof(content)));
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, content, sizeof(content), 0),
              (int64_t)sizeof(content));
    EXPECT_TRUE(bytes_are(content, 0xee, 100));
    EXPECT_TRUE(bytes_are(content + 100, 0, sizeof(content) - 100));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(truncate, log_is_unknown, RULE("truncate.4"), RULE("truncate.EUNKNOWN"))
{
    EXPECT_ERROR(coco_truncate(COCO_HANDLE_LOG, 0), UNKNOWN);
}
