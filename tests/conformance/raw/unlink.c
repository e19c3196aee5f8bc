// SPDX-License-Identifier: MIT
// Tests of `unlink`, upstream's.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(unlink, open_handles_keep_content, RULE("unlink.1"))
{
    int64_t file = scratch_create("/raw/data", "content", 7);
    REQUIRE_TRUE(file > 0);
    EXPECT_OK(coco_unlink("/raw/data"));
    EXPECT_ERROR(coco_open("/raw/data", COCO_OPEN_READ, 0), NOTFOUND);
    EXPECT_OK(scratch_file("/raw/data", "new", 3));
    char text[8];
    EXPECT_EQ(coco_read((coco_handle_t)file, text, 8), 7);
    EXPECT_BYTES(text, "content", 7);
    EXPECT_EQ(coco_write((coco_handle_t)file, "!", 1), 1);
    EXPECT_OK(coco_close((coco_handle_t)file));
    scratch_expect("/raw/data", "new", 3);
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(unlink, missing_is_notfound, RULE("unlink.ENOTFOUND"))
{
    EXPECT_ERROR(coco_unlink("/raw/missing"), NOTFOUND);
    EXPECT_ERROR(coco_unlink("/missing/name"), NOTFOUND);
    EXPECT_OK(scratch_file("/raw/data", "x", 1));
    EXPECT_ERROR(coco_unlink("/raw/data/below"), NOTFOUND);
    EXPECT_OK(coco_unlink("/raw/data"));
    EXPECT_ERROR(coco_unlink("/raw/data"), NOTFOUND);
}

TEST(unlink, directory_is_unknown, RULE("unlink.2"), RULE("unlink.EUNKNOWN"))
{
    EXPECT_ERROR(coco_unlink("/raw"), UNKNOWN);
    EXPECT_OK(coco_mkdir("/raw/empty"));
    EXPECT_ERROR(coco_unlink("/raw/empty"), UNKNOWN);
    EXPECT_OK(coco_rmdir("/raw/empty"));
}

TEST(unlink, no_name_is_invalid, RULE("unlink.EINVAL"))
{
    EXPECT_ERROR(coco_unlink(""), INVAL);
    EXPECT_ERROR(coco_unlink("/"), INVAL);
}
