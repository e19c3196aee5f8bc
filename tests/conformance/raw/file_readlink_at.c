// SPDX-License-Identifier: MIT
// Tests of `file_readlink_at`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "names.h"
#include "scratch.h"

TEST(file_readlink_at, readlink, RULE("file_readlink_at.1"), RULE("file_readlink_at.2"),
     RULE("file_readlink_at.EINVAL"), RULE("file_readlink_at.ENOTFOUND"),
     RULE("file_readlink_at.ENOTDIR"), RULE("file_readlink_at.ENAMETOOLONG"),
     RULE("file_readlink_at.ELOOP"))
{
    char text[8] = "-------";
    names_make_links();
    EXPECT_EQ(coco_file_readlink_at(names_dir, "lost", text, 8), 5);
    EXPECT_BYTES(text, "d/new--", 7);
    EXPECT_EQ(coco_file_readlink_at(names_dir, "lost", text, 2), 2);
    EXPECT_EQ(coco_file_readlink_at(names_dir, "lost", text, 0), 0);
    EXPECT_ERROR(coco_file_readlink_at(names_dir, "f", text, 8), INVAL);
    EXPECT_ERROR(coco_file_readlink_at(names_dir, "d", text, 8), INVAL);
    EXPECT_ERROR(coco_file_readlink_at(names_dir, "to-d/", text, 8), INVAL);
    EXPECT_ERROR(coco_file_readlink_at(names_dir, "none", text, 8), NOTFOUND);
    EXPECT_ERROR(coco_file_readlink_at(names_dir, "f/x", text, 8), NOTDIR);
    EXPECT_ERROR(coco_file_readlink_at(names_dir, "loop/x", text, 8), LOOP);
    EXPECT_ERROR(coco_file_readlink_at(names_dir, names_too_long, text, 8), NAMETOOLONG);
    names_remove_links();
}
