// SPDX-License-Identifier: MIT
// Tests of `file_stat_path`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

#define NAME "/raw/name"

TEST(file_stat_path, same_as_open_and_stat, RULE("file_stat_path.1"))
{
    struct coco_stat by_path;
    struct coco_stat by_handle;
    int64_t file = scratch_create(NAME, "12345", 5);
    REQUIRE_TRUE(file > 0);
    memset(&by_path, 0x11, sizeof(by_path));
    memset(&by_handle, 0x22, sizeof(by_handle));
    EXPECT_OK(coco_file_stat_path(NAME, &by_path));
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &by_handle));
    EXPECT_BYTES(&by_path, &by_handle, sizeof(by_path));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(NAME));
    EXPECT_OK(coco_file_stat_path("/", &by_path));
    EXPECT_EQ(by_path.type, COCO_TYPE_DIR);
    EXPECT_OK(coco_file_stat_path("/raw", &by_path));
    EXPECT_EQ(by_path.type, COCO_TYPE_DIR);
}

TEST(file_stat_path, refusals, RULE("file_stat_path.ENOTFOUND"), RULE("file_stat_path.ENOTDIR"),
     RULE("file_stat_path.EINVAL"))
{
    struct coco_stat stat;
    memset(&stat, 0x77, sizeof(stat));
    EXPECT_OK(scratch_file(NAME, "x", 1));
    EXPECT_ERROR(coco_file_stat_path("/raw/missing", &stat), NOTFOUND);
    EXPECT_ERROR(coco_file_stat_path("/missing/name", &stat), NOTFOUND);
    EXPECT_ERROR(coco_file_stat_path("", &stat), NOTFOUND);
    EXPECT_ERROR(coco_file_stat_path(NAME "/below", &stat), NOTDIR);
    EXPECT_ERROR(coco_file_stat_path("/raw/\xff", &stat), INVAL);
    EXPECT_TRUE(bytes_are(&stat, 0x77, sizeof(stat)));
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_stat_path, long_name, RULE("file_stat_path.ENAMETOOLONG"))
{
    struct coco_stat stat;
    static char path[300] = "/raw/";
    memset(path + 5, 'n', COCO_NAME_MAX + 1);
    EXPECT_ERROR(coco_file_stat_path(path, &stat), NAMETOOLONG);
}
