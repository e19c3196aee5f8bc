// SPDX-License-Identifier: MIT
// Tests of `file_mkdir_at`; what it does beyond its directory is tested with its older sibling.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "names.h"
#include "scratch.h"

TEST(file_mkdir_at, relative_paths, RULE("file_mkdir_at.1"), RULE("file_mkdir_at.EINVAL"),
     RULE("file_mkdir_at.EEXIST"), RULE("file_mkdir_at.ENOTFOUND"), RULE("file_mkdir_at.ENOTDIR"),
     RULE("file_mkdir_at.ENAMETOOLONG"), RULE("file_mkdir_at.ELOOP"))
{
    struct coco_stat stat;
    names_make_base();
    EXPECT_OK(coco_file_mkdir_at(names_dir, "new", 0751));
    EXPECT_OK(coco_file_stat_path(NAMES_BASE "/new", &stat));
    EXPECT_EQ(stat.permissions, 0751);
    EXPECT_ERROR(coco_file_mkdir_at(names_dir, "new", 0755), EXIST);
    EXPECT_ERROR(coco_file_mkdir_at(names_dir, "loop", 0755), EXIST);
    EXPECT_ERROR(coco_file_mkdir_at(names_dir, "none/new", 0755), NOTFOUND);
    EXPECT_ERROR(coco_file_mkdir_at(names_dir, "f/new", 0755), NOTDIR);
    EXPECT_ERROR(coco_file_mkdir_at(names_dir, "loop/new", 0755), LOOP);
    EXPECT_ERROR(coco_file_mkdir_at(names_dir, names_too_long, 0755), NAMETOOLONG);
    EXPECT_ERROR(coco_file_mkdir_at(names_dir, "\xff", 0755), INVAL);
    EXPECT_OK(coco_rmdir(NAMES_BASE "/new"));
    names_remove_base();
}
