// SPDX-License-Identifier: MIT
// Tests of `file_stat`.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

#define YEAR_2020 1577836800000000000ll
#define NAME "/raw/name"

TEST(file_stat, file, RULE("file_stat.1"))
{
    struct coco_stat stat;
    int64_t before = coco_clock_get(COCO_CLOCK_REALTIME);
    int64_t file = scratch_create(NAME, "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    memset(&stat, 0x77, sizeof(stat));
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_FILE);
    EXPECT_EQ(stat.size, 10);
    EXPECT_EQ(stat.links, 1);
    EXPECT_EQ(stat.device, 0);
    EXPECT_TRUE(stat.inode != 0);
    EXPECT_TRUE((stat.permissions & ~07777u) == 0);
    EXPECT_TRUE(stat.modified >= before && stat.modified > YEAR_2020);
    EXPECT_TRUE(stat.changed >= before && stat.accessed > YEAR_2020);
    EXPECT_EQ(stat.blocks, 8);
    EXPECT_OK(coco_unlink(NAME));
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &stat));
    EXPECT_EQ(stat.links, 0);
    EXPECT_OK(coco_close((coco_handle_t)file));
}

TEST(file_stat, times_move_with_writes, RULE("file_stat.1"))
{
    struct coco_stat before;
    struct coco_stat after;
    int64_t file = scratch_create(NAME, "x", 1);
    REQUIRE_TRUE(file > 0);
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &before));
    (void)coco_sleep_until((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) + 2000000);
    EXPECT_EQ(coco_write((coco_handle_t)file, "y", 1), 1);
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &after));
    EXPECT_TRUE(after.modified > before.modified);
    EXPECT_EQ(after.inode, before.inode);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_stat, inodes_differ, RULE("file_stat.1"))
{
    struct coco_stat first;
    struct coco_stat second;
    EXPECT_OK(scratch_file("/raw/one", "", 0));
    EXPECT_OK(scratch_file("/raw/two", "", 0));
    EXPECT_OK(coco_file_stat_path("/raw/one", &first));
    EXPECT_OK(coco_file_stat_path("/raw/two", &second));
    EXPECT_TRUE(first.inode != second.inode);
    EXPECT_OK(coco_unlink("/raw/one"));
    EXPECT_OK(coco_unlink("/raw/two"));
}

TEST(file_stat, folder, RULE("file_stat.1"))
{
    struct coco_stat stat;
    EXPECT_OK(coco_file_mkdir("/raw/d", 0751));
    int64_t dir = coco_opendir("/raw/d");
    REQUIRE_TRUE(dir > 0);
    EXPECT_OK(coco_file_stat((coco_handle_t)dir, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_DIR);
    EXPECT_EQ(stat.permissions, 0751);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

/* Everything but the type is zero: no kernel memory shows. */
TEST(file_stat, log_and_streams_have_a_type_only, RULE("file_stat.1"))
{
    struct coco_stat stat;
    struct coco_stat expected = {.type = COCO_TYPE_LOG};
    memset(&stat, 0x77, sizeof(stat));
    EXPECT_OK(coco_file_stat(COCO_HANDLE_LOG, &stat));
    EXPECT_BYTES(&stat, &expected, sizeof(stat));
    coco_handle_t out = entry_handle(COCO_ROLE_STDOUT);
    if (out != COCO_HANDLE_NONE) {
        expected.type = COCO_TYPE_STREAM;
        memset(&stat, 0x77, sizeof(stat));
        EXPECT_OK(coco_file_stat(out, &stat));
        EXPECT_BYTES(&stat, &expected, sizeof(stat));
    }
}
