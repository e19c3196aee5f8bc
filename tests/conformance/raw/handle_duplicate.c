// SPDX-License-Identifier: MIT
// Tests of `handle_duplicate`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

static uint32_t rights_of(coco_handle_t handle)
{
    return (uint32_t)((uint64_t)coco_handle_info(handle) >> 32);
}

TEST(handle_duplicate, shares_position, RULE("handle_duplicate.1"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    int64_t copy = coco_handle_duplicate((coco_handle_t)file, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(file > 0 && copy > file);
    char text[4];
    EXPECT_EQ(coco_read((coco_handle_t)file, text, 4), 4);
    EXPECT_EQ(coco_read((coco_handle_t)copy, text, 4), 4);
    EXPECT_BYTES(text, "4567", 4);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_EQ(coco_read((coco_handle_t)copy, text, 4), 2);
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(handle_duplicate, rights_only_shrink, RULE("handle_duplicate.2"),
     RULE("handle_duplicate.EPERM"))
{
    int64_t file = scratch_create("/raw/data", "x", 1);
    REQUIRE_TRUE(file > 0);
    uint32_t rights = rights_of((coco_handle_t)file);
    int64_t same = coco_handle_duplicate((coco_handle_t)file, rights);
    int64_t reader = coco_handle_duplicate((coco_handle_t)file, COCO_RIGHT_READ | COCO_RIGHT_DUP);
    REQUIRE_TRUE(same > 0 && reader > 0);
    EXPECT_EQ(rights_of((coco_handle_t)same), rights);
    EXPECT_EQ(rights_of((coco_handle_t)reader), COCO_RIGHT_READ | COCO_RIGHT_DUP);
    EXPECT_ERROR(coco_handle_duplicate((coco_handle_t)reader, COCO_RIGHT_WRITE), PERM);
    EXPECT_ERROR(coco_handle_duplicate((coco_handle_t)reader, rights), PERM);
    EXPECT_ERROR(coco_handle_duplicate((coco_handle_t)file, rights | COCO_RIGHT_MANAGE), PERM);
    EXPECT_ERROR(coco_handle_duplicate((coco_handle_t)file, 1u << 30), PERM);
    EXPECT_ERROR(coco_write((coco_handle_t)reader, "y", 1), RDONLY);
    int64_t kept = coco_handle_duplicate((coco_handle_t)reader, COCO_RIGHTS_SAME);
    EXPECT_EQ(rights_of((coco_handle_t)kept), COCO_RIGHT_READ | COCO_RIGHT_DUP);
    EXPECT_OK(coco_close((coco_handle_t)kept));
    EXPECT_OK(coco_close((coco_handle_t)reader));
    EXPECT_OK(coco_close((coco_handle_t)same));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(handle_duplicate, without_rights, RULE("handle_duplicate.2"))
{
    int64_t bare = coco_handle_duplicate(COCO_HANDLE_LOG, 0);
    REQUIRE_TRUE(bare > 0);
    EXPECT_EQ(rights_of((coco_handle_t)bare), 0);
    EXPECT_ERROR(coco_write((coco_handle_t)bare, "x", 1), RDONLY);
    EXPECT_ERROR(coco_handle_duplicate((coco_handle_t)bare, COCO_RIGHTS_SAME), PERM);
    EXPECT_ERROR(coco_handle_duplicate((coco_handle_t)bare, 0), PERM);
    EXPECT_OK(coco_close((coco_handle_t)bare));
}
