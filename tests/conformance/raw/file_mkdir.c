// SPDX-License-Identifier: MIT
// Tests of `file_mkdir`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

#define NAME "/raw/name"

TEST(file_mkdir, permissions_are_kept, RULE("file_mkdir.1"))
{
    struct coco_stat stat;
    EXPECT_OK(coco_file_mkdir(NAME, 0750));
    EXPECT_OK(coco_file_stat_path(NAME, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_DIR);
    EXPECT_EQ(stat.permissions, 0750);
    EXPECT_OK(coco_rmdir(NAME));
}

TEST(file_mkdir, existing, RULE("file_mkdir.EEXIST"))
{
    EXPECT_ERROR(coco_file_mkdir("/", 0755), EXIST);
    EXPECT_ERROR(coco_file_mkdir("/raw", 0755), EXIST);
    EXPECT_OK(scratch_file(NAME, "x", 1));
    EXPECT_ERROR(coco_file_mkdir(NAME, 0755), EXIST);
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_mkdir, parents, RULE("file_mkdir.ENOTFOUND"), RULE("file_mkdir.ENOTDIR"))
{
    EXPECT_ERROR(coco_file_mkdir("/raw/missing/d", 0755), NOTFOUND);
    EXPECT_ERROR(coco_file_mkdir("", 0755), NOTFOUND);
    EXPECT_OK(scratch_file(NAME, "x", 1));
    EXPECT_ERROR(coco_file_mkdir(NAME "/d", 0755), NOTDIR);
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_mkdir, bad_text, RULE("file_mkdir.EINVAL"), RULE("file_mkdir.ENAMETOOLONG"))
{
    static char path[300] = "/raw/";
    memset(path + 5, 'n', COCO_NAME_MAX + 1);
    EXPECT_ERROR(coco_file_mkdir(path, 0755), NAMETOOLONG);
    EXPECT_ERROR(coco_file_mkdir("/raw/\xed\xa0\x80", 0755), INVAL);
}
