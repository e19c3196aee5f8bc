// SPDX-License-Identifier: MIT
// Tests of `file_unlink`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

#define NAME "/raw/name"

TEST(file_unlink, removes, RULE("file_unlink.1"))
{
    EXPECT_OK(scratch_file(NAME, "x", 1));
    EXPECT_OK(coco_file_unlink(NAME, 0));
    EXPECT_ERROR(coco_file_unlink(NAME, 0), NOTFOUND);
    EXPECT_OK(coco_mkdir(NAME));
    EXPECT_OK(coco_file_unlink(NAME, COCO_UNLINK_DIRECTORY));
    EXPECT_ERROR(coco_file_unlink(NAME, COCO_UNLINK_DIRECTORY), NOTFOUND);
}

TEST(file_unlink, kinds, RULE("file_unlink.2"), RULE("file_unlink.EISDIR"),
     RULE("file_unlink.ENOTDIR"), RULE("file_unlink.ENOTEMPTY"))
{
    EXPECT_OK(coco_mkdir(NAME));
    EXPECT_OK(scratch_file(NAME "/f", "x", 1));
    EXPECT_ERROR(coco_file_unlink(NAME, 0), ISDIR);
    EXPECT_ERROR(coco_file_unlink(NAME "/f", COCO_UNLINK_DIRECTORY), NOTDIR);
    EXPECT_ERROR(coco_file_unlink(NAME "/f/g", 0), NOTDIR);
    EXPECT_ERROR(coco_file_unlink(NAME, COCO_UNLINK_DIRECTORY), NOTEMPTY);
    scratch_expect(NAME "/f", "x", 1);
    EXPECT_OK(coco_file_unlink(NAME "/f", 0));
    EXPECT_OK(coco_file_unlink(NAME, COCO_UNLINK_DIRECTORY));
}

TEST(file_unlink, missing, RULE("file_unlink.ENOTFOUND"))
{
    EXPECT_ERROR(coco_file_unlink("/raw/missing", 0), NOTFOUND);
    EXPECT_ERROR(coco_file_unlink("/missing/name", 0), NOTFOUND);
    EXPECT_ERROR(coco_file_unlink("", 0), NOTFOUND);
}

TEST(file_unlink, root_is_busy, RULE("file_unlink.EBUSY"))
{
    EXPECT_ERROR(coco_file_unlink("/", COCO_UNLINK_DIRECTORY), BUSY);
}

TEST(file_unlink, bad_text, RULE("file_unlink.EINVAL"), RULE("file_unlink.ENAMETOOLONG"))
{
    static char path[300] = "/raw/";
    memset(path + 5, 'n', COCO_NAME_MAX + 1);
    EXPECT_ERROR(coco_file_unlink(path, 0), NAMETOOLONG);
    EXPECT_ERROR(coco_file_unlink("/raw/\xc0\x80", 0), INVAL);
    EXPECT_ERROR(coco_file_unlink(NAME, 2), INVAL);
}
