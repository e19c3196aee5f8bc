// SPDX-License-Identifier: MIT
// Tests of `seek`, upstream's: never beyond the end, and End counts backwards.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

static coco_handle_t ten_bytes(void)
{
    return (coco_handle_t)scratch_create("/raw/data", "0123456789", 10);
}

static void done(coco_handle_t file)
{
    EXPECT_OK(coco_close(file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(seek, absolute_is_clamped, RULE("seek.1"), RULE("seek.3"))
{
    coco_handle_t file = ten_bytes();
    EXPECT_EQ(coco_seek(file, 0, COCO_FS_SEEK_ABSOLUTE), 0);
    EXPECT_EQ(coco_seek(file, 7, COCO_FS_SEEK_ABSOLUTE), 7);
    EXPECT_EQ(coco_seek(file, 10, COCO_FS_SEEK_ABSOLUTE), 10);
    EXPECT_EQ(coco_seek(file, 11, COCO_FS_SEEK_ABSOLUTE), 10);
    EXPECT_EQ(coco_seek(file, INT64_MAX, COCO_FS_SEEK_ABSOLUTE), 10);
    done(file);
}

TEST(seek, relative_is_clamped, RULE("seek.1"), RULE("seek.3"))
{
    coco_handle_t file = ten_bytes();
    EXPECT_EQ(coco_seek(file, 4, COCO_FS_SEEK_RELATIVE), 4);
    EXPECT_EQ(coco_seek(file, -1, COCO_FS_SEEK_RELATIVE), 3);
    EXPECT_EQ(coco_seek(file, 100, COCO_FS_SEEK_RELATIVE), 10);
    EXPECT_EQ(coco_seek(file, -11, COCO_FS_SEEK_RELATIVE), 0);
    EXPECT_EQ(coco_seek(file, 5, COCO_FS_SEEK_RELATIVE), 5);
    EXPECT_EQ(coco_seek(file, INT64_MIN, COCO_FS_SEEK_RELATIVE), 0);
    EXPECT_EQ(coco_seek(file, INT64_MAX, COCO_FS_SEEK_RELATIVE), 10);
    done(file);
}

TEST(seek, end_counts_backwards, RULE("seek.2"), RULE("seek.3"))
{
    coco_handle_t file = ten_bytes();
    EXPECT_EQ(coco_seek(file, 0, COCO_FS_SEEK_END), 10);
    EXPECT_EQ(coco_seek(file, 3, COCO_FS_SEEK_END), 7);
    EXPECT_EQ(coco_seek(file, 10, COCO_FS_SEEK_END), 0);
    EXPECT_EQ(coco_seek(file, 0, COCO_FS_SEEK_END), 10);
    EXPECT_EQ(coco_seek(file, 11, COCO_FS_SEEK_END), 0);
    EXPECT_EQ(coco_seek(file, 0, COCO_FS_SEEK_END), 10);
    EXPECT_EQ(coco_seek(file, -1, COCO_FS_SEEK_END), 0);
    EXPECT_EQ(coco_seek(file, INT64_MIN, COCO_FS_SEEK_END), 0);
    done(file);
}

/* What read gives is what the position says. */
TEST(seek, result_is_position, RULE("seek.3"))
{
    coco_handle_t file = ten_bytes();
    char c = 0;
    EXPECT_EQ(coco_seek(file, 2, COCO_FS_SEEK_END), 8);
    EXPECT_EQ(coco_read(file, &c, 1), 1);
    EXPECT_EQ(c, '8');
    EXPECT_EQ(coco_seek(file, 0, COCO_FS_SEEK_RELATIVE), 9);
    done(file);
}

TEST(seek, log_is_at_zero, RULE("seek.4"))
{
    EXPECT_EQ(coco_seek(COCO_HANDLE_LOG, 5, COCO_FS_SEEK_ABSOLUTE), 0);
    EXPECT_EQ(coco_seek(COCO_HANDLE_LOG, 5, COCO_FS_SEEK_RELATIVE), 0);
    EXPECT_EQ(coco_seek(COCO_HANDLE_LOG, 0, COCO_FS_SEEK_END), 0);
}

TEST(seek, unknown_mode_is_invalid, RULE("seek.EINVAL"))
{
    coco_handle_t file = ten_bytes();
    EXPECT_EQ(coco_seek(file, 4, COCO_FS_SEEK_ABSOLUTE), 4);
    EXPECT_ERROR(coco_seek(file, 0, 3), INVAL);
    EXPECT_ERROR(coco_seek(file, 0, UINT64_MAX), INVAL);
    EXPECT_ERROR(coco_seek(file, 0, 1ull << 32), INVAL);
    EXPECT_EQ(coco_seek(file, 0, COCO_FS_SEEK_RELATIVE), 4);
    done(file);
}
