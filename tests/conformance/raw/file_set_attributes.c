// SPDX-License-Identifier: MIT
// Tests of `file_set_attributes`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

TEST(file_set_attributes, changes_what_is_wanted, RULE("file_set_attributes.1"),
     RULE("file_set_attributes.2"))
{
    int64_t file = scratch_create("/raw/data", "x", 1);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    struct coco_stat before, after;
    struct coco_attributes wanted = {.permissions = 0600, .modified = -5, .accessed = 7};
    EXPECT_OK(coco_file_stat(handle, &before));
    EXPECT_OK(coco_file_set_attributes(handle, &wanted));
    EXPECT_OK(coco_file_stat(handle, &after));
    EXPECT_BYTES(&after, &before, sizeof(after));
    wanted.wanted = COCO_ATTRIBUTE_PERMISSIONS | COCO_ATTRIBUTE_MODIFIED;
    EXPECT_OK(coco_file_set_attributes(handle, &wanted));
    EXPECT_OK(coco_file_stat(handle, &after));
    EXPECT_EQ(after.permissions, 0600);
    EXPECT_EQ(after.modified, -5);
    EXPECT_EQ(after.accessed, before.accessed);
    EXPECT_TRUE(after.changed >= before.changed);
    wanted.wanted = COCO_ATTRIBUTE_ACCESSED | COCO_ATTRIBUTE_MODIFIED | COCO_ATTRIBUTE_MODIFIED_NOW;
    EXPECT_OK(coco_file_set_attributes(handle, &wanted));
    EXPECT_OK(coco_file_stat(handle, &after));
    EXPECT_EQ(after.permissions, 0600);
    EXPECT_EQ(after.accessed, 7);
    EXPECT_TRUE(after.modified >= before.changed);
    wanted.wanted = COCO_ATTRIBUTE_ACCESSED_NOW;
    EXPECT_OK(coco_file_set_attributes(handle, &wanted));
    EXPECT_OK(coco_file_stat(handle, &after));
    EXPECT_TRUE(after.accessed >= before.changed);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_set_attributes, needs_no_right, RULE("file_set_attributes.3"))
{
    const struct coco_attributes wanted = {.wanted = COCO_ATTRIBUTE_PERMISSIONS,
                                           .permissions = 0711};
    struct coco_stat stat;
    EXPECT_OK(coco_mkdir("/raw/dir"));
    int64_t dir = coco_opendir("/raw/dir");
    REQUIRE_TRUE(dir > 0);
    int64_t bare = coco_handle_duplicate((coco_handle_t)dir, 0);
    EXPECT_OK(coco_file_set_attributes((coco_handle_t)bare, &wanted));
    EXPECT_OK(coco_file_stat((coco_handle_t)dir, &stat));
    EXPECT_EQ(stat.permissions, 0711);
    EXPECT_OK(coco_close((coco_handle_t)bare));
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_rmdir("/raw/dir"));
}

TEST(file_set_attributes, unknown_bits, RULE("file_set_attributes.4"),
     RULE("file_set_attributes.EINVAL"))
{
    int64_t file = scratch_create("/raw/data", "x", 1);
    REQUIRE_TRUE(file > 0);
    struct coco_attributes wanted = {.wanted = 0x20};
    EXPECT_ERROR(coco_file_set_attributes((coco_handle_t)file, &wanted), INVAL);
    wanted = (struct coco_attributes){.wanted = COCO_ATTRIBUTE_PERMISSIONS, .permissions = 010000};
    EXPECT_ERROR(coco_file_set_attributes((coco_handle_t)file, &wanted), INVAL);
    wanted.wanted = COCO_ATTRIBUTE_MODIFIED_NOW;
    EXPECT_OK(coco_file_set_attributes((coco_handle_t)file, &wanted));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}
