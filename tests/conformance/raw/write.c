// SPDX-License-Identifier: MIT
// Tests of `write`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

TEST(write, grows_and_moves, RULE("write.1"), RULE("write.2"))
{
    int64_t file = scratch_create("/raw/data", NULL, 0);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_write(handle, "abcd", 4), 4);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), 4);
    EXPECT_EQ(coco_write(handle, "efgh", 4), 4);
    EXPECT_EQ(coco_seek(handle, 2, COCO_FS_SEEK_ABSOLUTE), 2);
    EXPECT_EQ(coco_write(handle, "CDEF", 4), 4);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), 6);
    EXPECT_EQ(scratch_size(handle), 8);
    EXPECT_OK(coco_close(handle));
    scratch_expect("/raw/data", "abCDEFgh", 8);
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* Pages are exact at their borders. */
TEST(write, page_borders, RULE("write.2"))
{
    static uint8_t written[3 * 4096];
    static uint8_t got[3 * 4096];
    for (size_t i = 0; i < sizeof(written); i++) {
        written[i] = (uint8_t)(i * 13 + i / 256 + 1);
    }
    for (uint64_t start = 4090; start < 4102; start += 3) {
        int64_t file = scratch_create("/raw/data", written, (size_t)start);
        REQUIRE_TRUE(file > 0);
        coco_handle_t handle = (coco_handle_t)file;
        EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_END), (int64_t)start);
        EXPECT_EQ(coco_write(handle, written + start, 4103), 4103);
        EXPECT_EQ(coco_file_pread(handle, got, sizeof(got), 0), (int64_t)start + 4103);
        EXPECT_BYTES(got, written, start + 4103);
        EXPECT_OK(coco_close(handle));
    }
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(write, length_zero_ignores_address, RULE("write.3"))
{
    static const uint64_t bad[] = {0, UNMAPPED_ADDRESS, OUTSIDE_ADDRESS, KERNEL_ADDRESS,
                                   UINT64_MAX};
    int64_t file = scratch_create("/raw/data", NULL, 0);
    REQUIRE_TRUE(file > 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_EQ(RAW(COCO_SYS_WRITE, file, bad[i], 0), 0);
        EXPECT_EQ(RAW(COCO_SYS_WRITE, COCO_HANDLE_LOG, bad[i], 0), 0);
    }
    EXPECT_EQ(scratch_size((coco_handle_t)file), 0);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* The call fails as a whole; the position does not move. */
TEST(write, fault_leaves_position, RULE("write.1"), RULE("write.fault.buffer"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(file > 0 && edge != NULL);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_seek(handle, 4, COCO_FS_SEEK_ABSOLUTE), 4);
    EXPECT_ERROR(coco_write(handle, edge - 2, 4), FAULT);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), 4);
    EXPECT_ERROR(coco_write(handle, edge, 1), FAULT);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), 4);
    EXPECT_EQ(scratch_size(handle), 10);
    memory_edge_free(edge, 1);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* Upstream's kernel would take the memory first and look at the address afterwards. */
TEST(write, huge_length_takes_nothing, RULE("write.range.buffer"), RULE("write.fault.buffer"))
{
    int64_t file = scratch_create("/raw/data", NULL, 0);
    REQUIRE_TRUE(file > 0);
    uint64_t blocks_before;
    struct coco_stat stat;
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &stat));
    blocks_before = stat.blocks;
    EXPECT_ERROR(RAW(COCO_SYS_WRITE, file, UNMAPPED_ADDRESS, 16 << 20), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_WRITE, file, KERNEL_ADDRESS, 1ull << 20), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_WRITE, file, OUTSIDE_ADDRESS, 1), INVAL);
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &stat));
    EXPECT_TRUE(stat.blocks <= blocks_before + 8);
    EXPECT_EQ(stat.size, 0);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* The file system's budget ends before memory does; what was written before can be removed again.
 */
TEST(write, full_is_nospc, RULE("write.ENOSPC"), RULE("file_pwrite.ENOSPC"))
{
    int64_t file = scratch_create("/raw/data", NULL, 0);
    uint64_t part = 1 << 20;
    int64_t area = memory_map(COCO_HANDLE_NONE, 0, 0, part, READ_WRITE | ANONYMOUS);
    REQUIRE_TRUE(file > 0 && area > 0);
    coco_handle_t handle = (coco_handle_t)file;
    int64_t result;
    int64_t total = 0;
    while ((result = coco_write(handle, (const void *)area, part)) == (int64_t)part) {
        total += result;
    }
    EXPECT_ERROR(result, NOSPC);
    EXPECT_TRUE(total >= (int64_t)part);
    EXPECT_ERROR(coco_file_pwrite(handle, (const void *)area, part, (uint64_t)total), NOSPC);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), total);
    EXPECT_OK(memory_unmap((const void *)area, part));
    EXPECT_OK(coco_file_resize(handle, 0));
    EXPECT_EQ(coco_write(handle, "fits again", 10), 10);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* Largest file: found by growing without data, as holes take no memory. */
TEST(write, beyond_largest_is_fbig, RULE("write.EFBIG"), RULE("file_pwrite.EFBIG"),
     RULE("file_resize.EFBIG"))
{
    int64_t file = scratch_create("/raw/data", NULL, 0);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    uint64_t low = 0;
    uint64_t high = UINT64_MAX;
    EXPECT_ERROR(coco_file_resize(handle, high), FBIG);
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (coco_file_resize(handle, middle) == 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    EXPECT_TRUE(low >= 1 << 20);
    EXPECT_ERROR(coco_file_resize(handle, low + 1), FBIG);
    EXPECT_EQ(scratch_size(handle), (int64_t)low);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_END), (int64_t)low);
    EXPECT_ERROR(coco_write(handle, "x", 1), FBIG);
    EXPECT_ERROR(coco_file_pwrite(handle, "x", 1, low), FBIG);
    EXPECT_ERROR(coco_file_pwrite(handle, "x", 1, UINT64_MAX), FBIG);
    EXPECT_EQ(coco_file_pwrite(handle, "x", 1, low - 1), 1);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}
