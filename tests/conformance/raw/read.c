// SPDX-License-Identifier: MIT
// Tests of `read`. Streams are tested by stream.c, with a host at the other end.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

TEST(read, counts_and_ends, RULE("read.1"), RULE("read.2"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    char text[16];
    EXPECT_EQ(coco_read(handle, text, 4), 4);
    EXPECT_BYTES(text, "0123", 4);
    EXPECT_EQ(coco_read(handle, text, 16), 6);
    EXPECT_BYTES(text, "456789", 6);
    EXPECT_EQ(coco_read(handle, text, 16), 0);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), 10);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* Bytes behind what was read stay as they were. */
TEST(read, writes_only_what_it_read, RULE("read.1"))
{
    int64_t file = scratch_create("/raw/data", "abc", 3);
    REQUIRE_TRUE(file > 0);
    uint8_t bytes[64];
    memset(bytes, 0x77, sizeof(bytes));
    EXPECT_EQ(coco_read((coco_handle_t)file, bytes, sizeof(bytes)), 3);
    EXPECT_TRUE(bytes_are(bytes + 3, 0x77, sizeof(bytes) - 3));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(read, across_pages, RULE("read.1"))
{
    static uint8_t written[20000];
    static uint8_t got[20000];
    for (size_t i = 0; i < sizeof(written); i++) {
        written[i] = (uint8_t)(i * 7 + i / 256);
    }
    int64_t file = scratch_create("/raw/data", written, sizeof(written));
    REQUIRE_TRUE(file > 0);
    EXPECT_EQ(coco_read((coco_handle_t)file, got, sizeof(got)), (int64_t)sizeof(got));
    EXPECT_BYTES(got, written, sizeof(got));
    EXPECT_EQ(coco_seek((coco_handle_t)file, 4000, COCO_FS_SEEK_ABSOLUTE), 4000);
    EXPECT_EQ(coco_read((coco_handle_t)file, got + 1, 9001), 9001);
    EXPECT_BYTES(got + 1, written + 4000, 9001);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(read, fault_leaves_position, RULE("read.2"), RULE("read.fault.buffer"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(file > 0 && edge != NULL);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_seek(handle, 2, COCO_FS_SEEK_ABSOLUTE), 2);
    EXPECT_ERROR(coco_read(handle, edge - 3, 8), FAULT);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), 2);
    EXPECT_ERROR(coco_read(handle, edge, 1), FAULT);
    EXPECT_EQ(coco_seek(handle, 0, COCO_FS_SEEK_RELATIVE), 2);
    EXPECT_EQ(coco_read(handle, edge - 3, 3), 3);
    EXPECT_BYTES(edge - 3, "234", 3);
    memory_edge_free(edge, 1);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(read, read_only_memory_is_fault, RULE("read.fault.buffer"))
{
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    int64_t page = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, COCO_MMAP_READ | ANONYMOUS);
    REQUIRE_TRUE(file > 0 && page > 0);
    EXPECT_ERROR(coco_read((coco_handle_t)file, (void *)page, 4), FAULT);
    EXPECT_TRUE(bytes_are((const void *)page, 0, PAGE));
    EXPECT_ERROR(coco_read((coco_handle_t)file, (void *)(uintptr_t)scratch_create, 4), FAULT);
    EXPECT_OK(memory_unmap((const void *)page, PAGE));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

/* The part of the buffer that no byte goes to is not looked at. */
TEST(read, buffer_is_checked_when_used, RULE("read.3"), RULE("read.range.buffer"))
{
    static const uint64_t bad[] = {OUTSIDE_ADDRESS, KERNEL_ADDRESS, NONCANONICAL_ADDRESS,
                                   UINT64_MAX};
    int64_t file = scratch_create("/raw/data", "0123456789", 10);
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(file > 0 && edge != NULL);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_EQ(RAW(COCO_SYS_READ, file, bad[i], 0), 0);
        EXPECT_ERROR(RAW(COCO_SYS_READ, file, bad[i], 1), INVAL);
    }
    EXPECT_EQ(RAW(COCO_SYS_READ, file, UNMAPPED_ADDRESS, 0), 0);
    EXPECT_EQ(coco_seek((coco_handle_t)file, 6, COCO_FS_SEEK_ABSOLUTE), 6);
    EXPECT_EQ(coco_read((coco_handle_t)file, edge - 4, 100), 4);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_EQ(RAW(COCO_SYS_READ, file, bad[i], 100), 0);
    }
    EXPECT_EQ(RAW(COCO_SYS_READ, file, UNMAPPED_ADDRESS, 100), 0);
    memory_edge_free(edge, 1);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(read, log_is_write_only, RULE("read.right.file.READ"))
{
    char text[4];
    EXPECT_ERROR(coco_read(COCO_HANDLE_LOG, text, sizeof(text)), WRONLY);
    EXPECT_ERROR(coco_read(COCO_HANDLE_LOG, text, 0), WRONLY);
}
