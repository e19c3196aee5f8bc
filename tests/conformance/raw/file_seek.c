// SPDX-License-Identifier: MIT
// Tests of `file_seek`.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

TEST(file_seek, whence, RULE("file_seek.1"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_file_seek(handle, 4, COCO_SEEK_SET), 4);
    EXPECT_EQ(coco_file_seek(handle, 3, COCO_SEEK_CURRENT), 7);
    EXPECT_EQ(coco_file_seek(handle, -2, COCO_SEEK_CURRENT), 5);
    EXPECT_EQ(coco_file_seek(handle, -3, COCO_SEEK_END), 7);
    EXPECT_EQ(coco_file_seek(handle, 0, COCO_SEEK_CURRENT), 7);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_seek, refusals_keep_position, RULE("file_seek.1"), RULE("file_seek.EINVAL"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_file_seek(handle, 6, COCO_SEEK_SET), 6);
    EXPECT_ERROR(coco_file_seek(handle, -1, COCO_SEEK_SET), INVAL);
    EXPECT_ERROR(coco_file_seek(handle, -7, COCO_SEEK_CURRENT), INVAL);
    EXPECT_ERROR(coco_file_seek(handle, -11, COCO_SEEK_END), INVAL);
    EXPECT_ERROR(coco_file_seek(handle, INT64_MIN, COCO_SEEK_CURRENT), INVAL);
    EXPECT_ERROR(coco_file_seek(handle, INT64_MAX, COCO_SEEK_CURRENT), INVAL);
    EXPECT_ERROR(coco_file_seek(handle, INT64_MAX, COCO_SEEK_END), INVAL);
    EXPECT_ERROR(coco_file_seek(handle, 0, COCO_SEEK_HOLE + 1), INVAL);
    EXPECT_ERROR(coco_file_seek(handle, 0, UINT32_MAX), INVAL);
    EXPECT_EQ(coco_file_seek(handle, 0, COCO_SEEK_CURRENT), 6);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_seek, beyond_end_is_kept, RULE("file_seek.2"))
{
    static uint8_t content[6000];
    int64_t file = scratch_create("/raw/data", "abc", 3);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_file_seek(handle, 5000, COCO_SEEK_SET), 5000);
    char c;
    EXPECT_EQ(coco_read(handle, &c, 1), 0);
    EXPECT_EQ(scratch_size(handle), 3);
    EXPECT_EQ(coco_write(handle, "end", 3), 3);
    EXPECT_EQ(coco_file_pread(handle, content, sizeof(content), 0), 5003);
    EXPECT_BYTES(content, "abc", 3);
    EXPECT_TRUE(bytes_are(content + 3, 0, 4997));
    EXPECT_BYTES(content + 5000, "end", 3);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_seek, log_and_streams_have_no_position, RULE("file_seek.3"), RULE("file_seek.ESPIPE"))
{
    EXPECT_ERROR(coco_file_seek(COCO_HANDLE_LOG, 0, COCO_SEEK_SET), SPIPE);
    coco_handle_t out = entry_handle(COCO_ROLE_STDOUT);
    if (out != COCO_HANDLE_NONE) {
        EXPECT_ERROR(coco_file_seek(out, 0, COCO_SEEK_SET), SPIPE);
        EXPECT_ERROR(coco_file_seek(out, 0, COCO_SEEK_CURRENT), SPIPE);
    }
}

TEST(file_seek, data_and_holes, RULE("file_seek.4"), RULE("file_seek.ENXIO"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_file_pwrite(handle, "x", 1, 5 * PAGE + 7), 1);
    EXPECT_OK(coco_file_resize(handle, 9 * PAGE));
    EXPECT_EQ(coco_file_seek(handle, 3, COCO_SEEK_DATA), 3);
    EXPECT_EQ(coco_file_seek(handle, 3, COCO_SEEK_HOLE), PAGE);
    EXPECT_EQ(coco_file_seek(handle, 0, COCO_SEEK_CURRENT), PAGE);
    EXPECT_EQ(coco_file_seek(handle, PAGE, COCO_SEEK_DATA), 5 * PAGE);
    EXPECT_EQ(coco_file_seek(handle, 2 * PAGE + 1, COCO_SEEK_HOLE), 2 * PAGE + 1);
    EXPECT_EQ(coco_file_seek(handle, 5 * PAGE, COCO_SEEK_HOLE), 6 * PAGE);
    EXPECT_ERROR(coco_file_seek(handle, 6 * PAGE, COCO_SEEK_DATA), NXIO);
    EXPECT_ERROR(coco_file_seek(handle, 9 * PAGE, COCO_SEEK_HOLE), NXIO);
    EXPECT_ERROR(coco_file_seek(handle, -1, COCO_SEEK_DATA), NXIO);
    EXPECT_EQ(coco_file_seek(handle, 0, COCO_SEEK_CURRENT), 6 * PAGE);
    EXPECT_OK(coco_file_resize(handle, 6 * PAGE));
    EXPECT_EQ(coco_file_seek(handle, 5 * PAGE + 1, COCO_SEEK_HOLE), 6 * PAGE); /* the end */
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}
