// SPDX-License-Identifier: MIT
// Tests of `file_stat_at`; what it does beyond its directory is tested with its older sibling.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "names.h"
#include "scratch.h"

static int64_t type_at(const char *path, uint32_t flags)
{
    struct coco_stat stat;
    int64_t result = coco_file_stat_at(names_dir, path, flags, &stat);
    return result == 0 ? (int64_t)stat.type : result;
}

TEST(file_stat_at, relative_paths, RULE("file_stat_at.1"), RULE("file_stat_at.2"),
     RULE("file_stat_at.EINVAL"), RULE("file_stat_at.ENOTFOUND"), RULE("file_stat_at.ENOTDIR"),
     RULE("file_stat_at.ENAMETOOLONG"), RULE("file_stat_at.ELOOP"))
{
    struct coco_stat stat;
    names_make_base();
    EXPECT_OK(coco_file_stat_at(names_dir, "f", 0, &stat));
    EXPECT_EQ(stat.size, 3);
    EXPECT_EQ(type_at("d/..", 0), COCO_TYPE_DIR);
    EXPECT_EQ(type_at(NAMES_BASE "/f", 0), COCO_TYPE_FILE);
    EXPECT_ERROR(type_at("none", 0), NOTFOUND);
    EXPECT_ERROR(type_at("", 0), NOTFOUND);
    EXPECT_ERROR(type_at("f/", 0), NOTDIR);
    EXPECT_ERROR(type_at(names_too_long, 0), NAMETOOLONG);
    EXPECT_ERROR(type_at("\xff", 0), INVAL);
    EXPECT_ERROR(type_at("loop", 0), LOOP);
    EXPECT_OK(coco_file_stat_at(names_dir, "loop", COCO_FILE_AT_NOFOLLOW, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_LINK);
    EXPECT_EQ(stat.size, 4);
    EXPECT_EQ(stat.permissions, 0777);
    EXPECT_ERROR(type_at("loop/", COCO_FILE_AT_NOFOLLOW), LOOP);
    EXPECT_ERROR(type_at("loop/x", COCO_FILE_AT_NOFOLLOW), LOOP);
    names_remove_base();
}
