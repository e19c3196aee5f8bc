// SPDX-License-Identifier: MIT
// Tests of `file_set_attributes_at`; what it does beyond its directory is tested with its older
// sibling.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "names.h"
#include "scratch.h"

TEST(file_set_attributes_at, relative_paths, RULE("file_set_attributes_at.1"),
     RULE("file_set_attributes_at.2"), RULE("file_set_attributes_at.EINVAL"),
     RULE("file_set_attributes_at.ENOTFOUND"), RULE("file_set_attributes_at.ENOTDIR"),
     RULE("file_set_attributes_at.ENAMETOOLONG"), RULE("file_set_attributes_at.ELOOP"),
     RULE("file_set_attributes_at.ENOTSUPP"), RULE("file_set_attributes_path.ELOOP"))
{
    const struct coco_attributes mode = {.wanted = COCO_ATTRIBUTE_PERMISSIONS, .permissions = 0604};
    const struct coco_attributes time = {.wanted = COCO_ATTRIBUTE_MODIFIED, .modified = 12345};
    const struct coco_attributes bad = {.wanted = 1u << 31};
    struct coco_stat stat;
    names_make_base();
    EXPECT_OK(coco_file_set_attributes_at(names_dir, "f", &mode, 0));
    EXPECT_OK(coco_file_stat_path(NAMES_BASE "/f", &stat));
    EXPECT_EQ(stat.permissions, 0604);
    EXPECT_OK(coco_file_set_attributes_at(names_dir, "loop", &time, COCO_FILE_AT_NOFOLLOW));
    EXPECT_OK(coco_file_stat_at(names_dir, "loop", COCO_FILE_AT_NOFOLLOW, &stat));
    EXPECT_EQ(stat.modified, 12345);
    EXPECT_ERROR(coco_file_set_attributes_at(names_dir, "loop", &mode, COCO_FILE_AT_NOFOLLOW),
                 NOTSUPP);
    EXPECT_ERROR(coco_file_set_attributes_at(names_dir, "loop", &time, 0), LOOP);
    EXPECT_ERROR(coco_file_set_attributes_path(NAMES_BASE "/loop", &time), LOOP);
    EXPECT_ERROR(coco_file_set_attributes_at(names_dir, "f", &bad, 0), INVAL);
    EXPECT_ERROR(coco_file_set_attributes_at(names_dir, "none", &mode, 0), NOTFOUND);
    EXPECT_ERROR(coco_file_set_attributes_at(names_dir, "f/", &mode, 0), NOTDIR);
    EXPECT_ERROR(coco_file_set_attributes_at(names_dir, names_too_long, &mode, 0), NAMETOOLONG);
    names_remove_base();
}
