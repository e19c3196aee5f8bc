// SPDX-License-Identifier: MIT
// Tests of `open`, upstream's.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

#define READ_OPEN COCO_OPEN_READ

static void expect_opens(const char *path, int64_t expected)
{
    int64_t handle = coco_open(path, READ_OPEN, 0);
    if (expected < 0) {
        EXPECT_EQ(handle, expected);
    } else {
        EXPECT_TRUE(handle > 0);
    }
    if (handle >= 0) {
        EXPECT_OK(coco_close((coco_handle_t)handle));
    }
}

TEST(open, slashes_do_not_matter, RULE("open.1"))
{
    EXPECT_OK(scratch_file("/raw/name", "x", 1));
    expect_opens("/raw/name", 0);
    expect_opens("raw/name", 0);
    expect_opens("//raw///name", 0);
    expect_opens("/raw/name/", 0);
    EXPECT_OK(coco_unlink("/raw/name"));
}

TEST(open, dots_are_plain_names, RULE("open.1"), RULE("open.ENOTFOUND"))
{
    EXPECT_OK(scratch_file("/raw/name", "x", 1));
    expect_opens("/raw/./name", COCO_ENOTFOUND);
    expect_opens("/raw/../raw/name", COCO_ENOTFOUND);
    expect_opens("./raw/name", COCO_ENOTFOUND);
    expect_opens("..", COCO_ENOTFOUND);
    EXPECT_OK(coco_unlink("/raw/name"));
}

TEST(open, missing_is_notfound, RULE("open.ENOTFOUND"))
{
    expect_opens("/raw/missing", COCO_ENOTFOUND);
    expect_opens("/missing/name", COCO_ENOTFOUND);
    EXPECT_OK(scratch_file("/raw/name", "x", 1));
    expect_opens("/raw/name/below", COCO_ENOTFOUND);
    EXPECT_ERROR(coco_open("/raw/name/below", READ_OPEN, COCO_OPEN_CREATE), NOTFOUND);
    EXPECT_ERROR(coco_open("/missing/name", READ_OPEN, COCO_OPEN_CREATE), NOTFOUND);
    EXPECT_OK(coco_unlink("/raw/name"));
}

/* Creation is tried after every failure, so that what failed for the mode fails again as existing.
 */
TEST(open, create_after_any_failure, RULE("open.2"), RULE("open.EEXIST"))
{
    EXPECT_OK(scratch_file("/raw/name", "x", 1));
    EXPECT_ERROR(coco_open("/raw/name", READ_OPEN | COCO_OPEN_TRUNC, COCO_OPEN_CREATE), EXIST);
    scratch_expect("/raw/name", "x", 1);
    EXPECT_OK(coco_unlink("/raw/name"));
    int64_t handle = coco_open("/raw/name", READ_OPEN | COCO_OPEN_TRUNC, COCO_OPEN_CREATE);
    REQUIRE_TRUE(handle > 0);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    EXPECT_OK(coco_unlink("/raw/name"));
}

TEST(open, create_opens_existing, RULE("open.2"))
{
    EXPECT_OK(scratch_file("/raw/name", "content", 7));
    int64_t handle = coco_open("/raw/name", READ_OPEN, COCO_OPEN_CREATE);
    REQUIRE_TRUE(handle > 0);
    char text[8];
    EXPECT_EQ(coco_read((coco_handle_t)handle, text, sizeof(text)), 7);
    EXPECT_ERROR(coco_write((coco_handle_t)handle, "y", 1), RDONLY);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    EXPECT_OK(coco_unlink("/raw/name"));
}

TEST(open, created_is_read_write, RULE("open.3"))
{
    static const uint32_t modes[] = {0, COCO_OPEN_READ, COCO_OPEN_WRITE, COCO_OPEN_APPEND};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        int64_t handle = coco_open("/raw/name", modes[i], COCO_OPEN_CREATE);
        REQUIRE_TRUE(handle > 0);
        coco_handle_t file = (coco_handle_t)handle;
        char text[4];
        EXPECT_EQ(coco_write(file, "abc", 3), 3);
        EXPECT_EQ(coco_seek(file, 0, COCO_FS_SEEK_ABSOLUTE), 0);
        EXPECT_EQ(coco_read(file, text, sizeof(text)), 3);
        EXPECT_OK(coco_close(file));
        EXPECT_OK(coco_unlink("/raw/name"));
    }
}

TEST(open, mode_decides_rights, RULE("open.ERDONLY"))
{
    char text[4];
    EXPECT_OK(scratch_file("/raw/name", "abc", 3));
    int64_t reader = coco_open("/raw/name", COCO_OPEN_READ, 0);
    int64_t writer = coco_open("/raw/name", COCO_OPEN_WRITE, 0);
    int64_t neither = coco_open("/raw/name", 0, 0);
    REQUIRE_TRUE(reader > 0 && writer > 0 && neither > 0);
    EXPECT_ERROR(coco_write((coco_handle_t)reader, "x", 1), RDONLY);
    EXPECT_ERROR(coco_read((coco_handle_t)writer, text, 1), WRONLY);
    EXPECT_ERROR(coco_read((coco_handle_t)neither, text, 1), WRONLY);
    EXPECT_ERROR(coco_write((coco_handle_t)neither, text, 1), RDONLY);
    for (int64_t handle = reader; handle <= neither; handle++) {
        EXPECT_OK(coco_close((coco_handle_t)handle));
    }
    EXPECT_OK(coco_unlink("/raw/name"));
}

TEST(open, trunc_needs_write, RULE("open.4"), RULE("open.ERDONLY"))
{
    EXPECT_OK(scratch_file("/raw/name", "abc", 3));
    EXPECT_ERROR(coco_open("/raw/name", READ_OPEN | COCO_OPEN_TRUNC, 0), RDONLY);
    EXPECT_ERROR(coco_open("/raw/name", COCO_OPEN_TRUNC, 0), RDONLY);
    scratch_expect("/raw/name", "abc", 3);
    int64_t handle = coco_open("/raw/name", COCO_OPEN_WRITE | COCO_OPEN_TRUNC, 0);
    REQUIRE_TRUE(handle > 0);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    scratch_expect("/raw/name", "", 0);
    EXPECT_OK(coco_unlink("/raw/name"));
}

TEST(open, append_is_not_sticky, RULE("open.5"))
{
    EXPECT_OK(scratch_file("/raw/name", "abc", 3));
    int64_t handle = coco_open("/raw/name", COCO_OPEN_WRITE | COCO_OPEN_APPEND, 0);
    REQUIRE_TRUE(handle > 0);
    EXPECT_EQ(coco_write((coco_handle_t)handle, "def", 3), 3);
    EXPECT_EQ(coco_seek((coco_handle_t)handle, 1, COCO_FS_SEEK_ABSOLUTE), 1);
    EXPECT_EQ(coco_write((coco_handle_t)handle, "X", 1), 1);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    scratch_expect("/raw/name", "aXcdef", 6);
    EXPECT_OK(coco_unlink("/raw/name"));
}

TEST(open, directory_is_notfound, RULE("open.6"), RULE("open.ENOTFOUND"), RULE("open.EEXIST"),
     RULE("open.EINVAL"))
{
    EXPECT_ERROR(coco_open("/raw", READ_OPEN, 0), NOTFOUND);
    EXPECT_ERROR(coco_open("/raw", COCO_OPEN_WRITE, 0), NOTFOUND);
    EXPECT_ERROR(coco_open("/raw", READ_OPEN, COCO_OPEN_CREATE), EXIST);
    EXPECT_ERROR(coco_open("", READ_OPEN, 0), INVAL);
    EXPECT_ERROR(coco_open("/", READ_OPEN, 0), INVAL);
    EXPECT_ERROR(coco_open("///", READ_OPEN, 0), INVAL);
    EXPECT_ERROR(coco_open("", READ_OPEN, COCO_OPEN_CREATE), INVAL);
    EXPECT_ERROR(coco_open("/", READ_OPEN, COCO_OPEN_CREATE), INVAL);
}

/* Data is one, positions are two. */
TEST(open, handles_share_data_not_position, RULE("open.1"))
{
    int64_t first = scratch_create("/raw/name", "abcdef", 6);
    int64_t second = coco_open("/raw/name", COCO_OPEN_READ | COCO_OPEN_WRITE, 0);
    REQUIRE_TRUE(first > 0 && second > 0);
    char text[6];
    EXPECT_EQ(coco_read((coco_handle_t)first, text, 4), 4);
    EXPECT_EQ(coco_write((coco_handle_t)second, "ABCDE", 5), 5);
    EXPECT_EQ(coco_read((coco_handle_t)first, text, 6), 2);
    EXPECT_BYTES(text, "Ef", 2);
    EXPECT_OK(coco_close((coco_handle_t)first));
    EXPECT_OK(coco_close((coco_handle_t)second));
    EXPECT_OK(coco_unlink("/raw/name"));
}
