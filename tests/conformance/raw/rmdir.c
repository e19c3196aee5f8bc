// SPDX-License-Identifier: MIT
// Tests of `rmdir`, upstream's.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(rmdir, removes_empty_folder, RULE("rmdir.1"))
{
    EXPECT_OK(coco_mkdir("/raw/d"));
    EXPECT_OK(coco_rmdir("/raw/d"));
    EXPECT_ERROR(coco_opendir("/raw/d"), NOTFOUND);
}

TEST(rmdir, file_and_full_folder_are_unknown, RULE("rmdir.1"), RULE("rmdir.EUNKNOWN"))
{
    EXPECT_OK(coco_mkdir("/raw/d"));
    EXPECT_OK(scratch_file("/raw/d/f", "x", 1));
    EXPECT_ERROR(coco_rmdir("/raw/d/f"), UNKNOWN);
    EXPECT_ERROR(coco_rmdir("/raw/d"), UNKNOWN);
    scratch_expect("/raw/d/f", "x", 1);
    EXPECT_OK(coco_unlink("/raw/d/f"));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

TEST(rmdir, missing_is_notfound, RULE("rmdir.ENOTFOUND"))
{
    EXPECT_ERROR(coco_rmdir("/raw/missing"), NOTFOUND);
    EXPECT_ERROR(coco_rmdir("/missing/d"), NOTFOUND);
}

TEST(rmdir, no_name_is_invalid, RULE("rmdir.EINVAL"))
{
    EXPECT_ERROR(coco_rmdir(""), INVAL);
    EXPECT_ERROR(coco_rmdir("/"), INVAL);
}
