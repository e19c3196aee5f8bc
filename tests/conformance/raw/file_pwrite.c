// SPDX-License-Identifier: MIT
// Tests of `file_pwrite`. Full file system and largest file are in write.c.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

TEST(file_pwrite, own_position_stays, RULE("file_pwrite.1"), RULE("file_pwrite.3"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_seek(handle, 3, COCO_FS_SEEK_ABSOLUTE), 3);
    EXPECT_EQ(coco_file_pwrite(handle, "ABC", 3, 8), 3);
    EXPECT_EQ(coco_file_pwrite(handle, "x", 0, 100), 0);
    EXPECT_EQ(coco_write(handle, "d", 1), 1);
    EXPECT_OK(coco_close(handle));
    scratch_expect("/raw/data", "012d4567ABC", 11);
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* Also where the old last page had other bytes before it was cut. */
TEST(file_pwrite, gap_reads_zero, RULE("file_pwrite.2"))
{
    static uint8_t content[12000];
    int64_t file = scratch_create("/raw/data", NULL, 0);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    memset(content, 0xcc, 300);
    EXPECT_EQ(coco_file_pwrite(handle, content, 300, 0), 300);
    EXPECT_OK(coco_file_resize(handle, 100));
    EXPECT_EQ(coco_file_pwrite(handle, "end", 3, 11000), 3);
    EXPECT_EQ(scratch_size(handle), 11003);
    EXPECT_EQ(coco_file_pread(handle, content, sizeof(content), 0), 11003);
    EXPECT_TRUE(bytes_are(content, 0xcc, 100));
    EXPECT_TRUE(bytes_are(content + 100, 0, 10900));
    EXPECT_BYTES(content + 11000, "end", 3);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* Holes take no memory. */
TEST(file_pwrite, gap_is_sparse, RULE("file_pwrite.2"))
{
    struct coco_stat stat;
    int64_t file = scratch_create("/raw/data", NULL, 0);
    REQUIRE_TRUE(file > 0);
    EXPECT_EQ(coco_file_pwrite((coco_handle_t)file, "x", 1, 1 << 20), 1);
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &stat));
    EXPECT_EQ(stat.size, (1 << 20) + 1);
    EXPECT_TRUE(stat.blocks <= 16);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_pwrite, fault_keeps_size, RULE("file_pwrite.3"), RULE("file_pwrite.fault.buffer"))
{
    int64_t file = scratch_create("/raw/data", "0123", 4);
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(file > 0 && edge != NULL);
    EXPECT_ERROR(coco_file_pwrite((coco_handle_t)file, edge - 2, 8, 4), FAULT);
    EXPECT_EQ(scratch_size((coco_handle_t)file), 4);
    memory_edge_free(edge, 1);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}
