// SPDX-License-Identifier: MIT
// Tests of `opendir`, upstream's.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

static struct coco_dirent entries[8];

TEST(opendir, is_a_snapshot, RULE("opendir.1"))
{
    EXPECT_OK(coco_mkdir("/raw/d"));
    EXPECT_OK(scratch_file("/raw/d/a", "", 0));
    int64_t dir = coco_opendir("/raw/d");
    REQUIRE_TRUE(dir > 0);
    EXPECT_OK(scratch_file("/raw/d/b", "", 0));
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, entries, 8), 1);
    EXPECT_EQ(strcmp(entries[0].name, "a"), 0);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_unlink("/raw/d/a"));
    EXPECT_OK(coco_unlink("/raw/d/b"));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

TEST(opendir, root_has_a_name, RULE("opendir.2"), RULE("opendir.EINVAL"))
{
    int64_t dir = coco_opendir("/");
    REQUIRE_TRUE(dir > 0);
    bool found = false;
    int64_t count;
    while ((count = coco_readdir((coco_handle_t)dir, entries, 8)) > 0) {
        for (int64_t i = 0; i < count; i++) {
            found =
                found || (strcmp(entries[i].name, "raw") == 0 && entries[i].type == COCO_TYPE_DIR);
        }
    }
    EXPECT_EQ(count, 0);
    EXPECT_TRUE(found);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_ERROR(coco_opendir(""), INVAL);
}

TEST(opendir, file_is_notfound, RULE("opendir.3"), RULE("opendir.ENOTFOUND"))
{
    EXPECT_OK(scratch_file("/raw/data", "x", 1));
    EXPECT_ERROR(coco_opendir("/raw/data"), NOTFOUND);
    EXPECT_ERROR(coco_opendir("/raw/data/below"), NOTFOUND);
    EXPECT_ERROR(coco_opendir("/raw/missing"), NOTFOUND);
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* A folder that was removed while open holds no names; its handle stays good. */
TEST(opendir, outlives_its_folder, RULE("opendir.1"))
{
    EXPECT_OK(coco_mkdir("/raw/d"));
    int64_t dir = coco_opendir("/raw/d");
    REQUIRE_TRUE(dir > 0);
    EXPECT_OK(coco_rmdir("/raw/d"));
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, entries, 8), 0);
    EXPECT_OK(coco_close((coco_handle_t)dir));
}
