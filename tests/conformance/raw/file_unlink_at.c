// SPDX-License-Identifier: MIT
// Tests of `file_unlink_at`; what it does beyond its directory is tested with its older sibling.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "names.h"
#include "scratch.h"

TEST(file_unlink_at, relative_paths, RULE("file_unlink_at.1"), RULE("file_unlink_at.EINVAL"),
     RULE("file_unlink_at.ENOTFOUND"), RULE("file_unlink_at.ENOTDIR"),
     RULE("file_unlink_at.EISDIR"), RULE("file_unlink_at.ENOTEMPTY"), RULE("file_unlink_at.EBUSY"),
     RULE("file_unlink_at.ENAMETOOLONG"), RULE("file_unlink_at.ELOOP"))
{
    names_make_base();
    EXPECT_OK(coco_mkdir(NAMES_BASE "/d/in"));
    EXPECT_ERROR(coco_file_unlink_at(names_dir, "none", 0), NOTFOUND);
    EXPECT_ERROR(coco_file_unlink_at(names_dir, "d", 0), ISDIR);
    EXPECT_ERROR(coco_file_unlink_at(names_dir, "f", COCO_UNLINK_DIRECTORY), NOTDIR);
    EXPECT_ERROR(coco_file_unlink_at(names_dir, "d", COCO_UNLINK_DIRECTORY), NOTEMPTY);
    EXPECT_ERROR(coco_file_unlink_at(names_dir, "d/.", COCO_UNLINK_DIRECTORY), INVAL);
    EXPECT_ERROR(coco_file_unlink_at(names_dir, "/dev/null", 0), BUSY);
    EXPECT_ERROR(coco_file_unlink_at(names_dir, "loop/x", 0), LOOP);
    EXPECT_ERROR(coco_file_unlink_at(names_dir, names_too_long, 0), NAMETOOLONG);
    EXPECT_OK(coco_file_unlink_at(names_dir, "d/in", COCO_UNLINK_DIRECTORY));
    EXPECT_OK(coco_file_unlink_at(names_dir, "f", 0));
    EXPECT_ERROR(coco_file_stat_path(NAMES_BASE "/f", &(struct coco_stat){0}), NOTFOUND);
    EXPECT_OK(scratch_file(NAMES_BASE "/f", "", 0));
    names_remove_base();
}
