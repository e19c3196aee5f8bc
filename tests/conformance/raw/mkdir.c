// SPDX-License-Identifier: MIT
// Tests of `mkdir`, upstream's.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(mkdir, makes_a_folder, RULE("mkdir.1"))
{
    EXPECT_OK(coco_mkdir("/raw/d"));
    EXPECT_OK(coco_mkdir("raw/d/e/"));
    EXPECT_OK(scratch_file("/raw/d/e/f", "x", 1));
    EXPECT_OK(coco_unlink("/raw/d/e/f"));
    EXPECT_OK(coco_rmdir("/raw/d/e"));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

TEST(mkdir, existing_name, RULE("mkdir.1"), RULE("mkdir.EEXIST"))
{
    EXPECT_ERROR(coco_mkdir("/raw"), EXIST);
    EXPECT_OK(scratch_file("/raw/data", "x", 1));
    EXPECT_ERROR(coco_mkdir("/raw/data"), EXIST);
    scratch_expect("/raw/data", "x", 1);
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(mkdir, missing_parent, RULE("mkdir.1"), RULE("mkdir.ENOTFOUND"))
{
    EXPECT_ERROR(coco_mkdir("/raw/missing/d"), NOTFOUND);
    EXPECT_OK(scratch_file("/raw/data", "x", 1));
    EXPECT_ERROR(coco_mkdir("/raw/data/d"), NOTFOUND);
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(mkdir, no_name_is_invalid, RULE("mkdir.EINVAL"))
{
    EXPECT_ERROR(coco_mkdir(""), INVAL);
    EXPECT_ERROR(coco_mkdir("/"), INVAL);
}
