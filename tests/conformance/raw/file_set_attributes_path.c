// SPDX-License-Identifier: MIT
// Tests of `file_set_attributes_path`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(file_set_attributes_path, changes, RULE("file_set_attributes_path.1"))
{
    const struct coco_attributes wanted = {
        .wanted = COCO_ATTRIBUTE_PERMISSIONS | COCO_ATTRIBUTE_ACCESSED,
        .permissions = 0123,
        .accessed = 99,
    };
    struct coco_stat stat;
    EXPECT_OK(scratch_file("/raw/data", "x", 1));
    EXPECT_OK(coco_file_set_attributes_path("/raw/./data", &wanted));
    EXPECT_OK(coco_file_stat_path("/raw/data", &stat));
    EXPECT_EQ(stat.permissions, 0123);
    EXPECT_EQ(stat.accessed, 99);
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_set_attributes_path, refusals, RULE("file_set_attributes_path.EINVAL"),
     RULE("file_set_attributes_path.ENOTFOUND"), RULE("file_set_attributes_path.ENOTDIR"),
     RULE("file_set_attributes_path.ENAMETOOLONG"))
{
    static char name[300] = "/raw/";
    struct coco_attributes wanted = {.wanted = COCO_ATTRIBUTE_MODIFIED_NOW};
    EXPECT_OK(scratch_file("/raw/data", "x", 1));
    EXPECT_ERROR(coco_file_set_attributes_path("/raw/none", &wanted), NOTFOUND);
    EXPECT_ERROR(coco_file_set_attributes_path("/raw/data/x", &wanted), NOTDIR);
    memset(name + 5, 'a', 256);
    EXPECT_ERROR(coco_file_set_attributes_path(name, &wanted), NAMETOOLONG);
    wanted.wanted = 0x40;
    EXPECT_ERROR(coco_file_set_attributes_path("/raw/data", &wanted), INVAL);
    EXPECT_OK(coco_unlink("/raw/data"));
}
