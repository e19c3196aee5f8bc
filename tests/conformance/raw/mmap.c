// SPDX-License-Identifier: MIT
// Tests of `mmap`: map memory into the calling process.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

#define NONE_WIDE UINT64_MAX

static void expect_zero_page(int64_t address)
{
    REQUIRE_TRUE(address > 0);
    EXPECT_TRUE(bytes_are((const void *)address, 0, PAGE));
    memset((void *)address, 0x5a, PAGE);
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
}

TEST(mmap, anonymous_reads_zero, RULE("mmap.1"))
{
    expect_zero_page(memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | ANONYMOUS));
    expect_zero_page(memory_map(NONE_WIDE, 0, 0, PAGE, READ_WRITE | ANONYMOUS));
    expect_zero_page(memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE));
    expect_zero_page(memory_map(NONE_WIDE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_PRIVATE));
}

/* Pages that held this process's data come back empty. */
TEST(mmap, reused_pages_read_zero, RULE("mmap.1"))
{
    for (int round = 0; round < 20; round++) {
        uint8_t *pages = memory_pages(16);
        REQUIRE_TRUE(pages != NULL);
        EXPECT_TRUE(bytes_are(pages, 0, 16 * PAGE));
        memset(pages, 0xa5, 16 * PAGE);
        EXPECT_OK(memory_unmap(pages, 16 * PAGE));
    }
}

/* Upstream's library passes 0 for "no handle": the log, or a number that is not open, is not looked
 * at. */
TEST(mmap, anonymous_ignores_object, RULE("mmap.1"))
{
    expect_zero_page(memory_map(COCO_HANDLE_LOG, 0, 0, PAGE, READ_WRITE | ANONYMOUS));
    expect_zero_page(memory_map(4000, 0, 0, PAGE, READ_WRITE | ANONYMOUS));
}

TEST(mmap, shared_memory_shrinks_and_grows, RULE("mmap.1"), RULE("mresize.2"))
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, 3 * PAGE, READ_WRITE);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    memset(mapped, 5, 3 * PAGE);
    EXPECT_OK(coco_mresize(mapped, PAGE));
    EXPECT_OK(coco_mresize(mapped, 3 * PAGE));
    EXPECT_TRUE(bytes_are(mapped, 5, PAGE) && bytes_are(mapped + PAGE, 0, 2 * PAGE));
    EXPECT_OK(memory_unmap(mapped, 3 * PAGE));
}

TEST(mmap, file_offset, RULE("mmap.2"), RULE("mmap.8"))
{
    static uint8_t content[8192 + 100];
    for (size_t i = 0; i < sizeof(content); i++) {
        content[i] = (uint8_t)(i / 64 + 1);
    }
    int64_t file = scratch_create(SCRATCH "/mapped", content, sizeof(content));
    REQUIRE_TRUE(file >= 0);
    int64_t address =
        memory_map((uint64_t)file, 0, PAGE, 2 * PAGE, COCO_MMAP_READ | COCO_MMAP_PRIVATE);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/mapped"));
    REQUIRE_TRUE(address > 0);
    const uint8_t *mapped = (const uint8_t *)address;
    EXPECT_BYTES(mapped, content + PAGE, PAGE + 100);
    EXPECT_TRUE(bytes_are(mapped + PAGE + 100, 0, PAGE - 100));
    EXPECT_TRUE(!memory_writable(mapped));
    EXPECT_OK(memory_unmap(mapped, 2 * PAGE));
}

TEST(mmap, file_can_be_executed, RULE("mmap.2"))
{
    static const uint8_t code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3}; /* mov $42, %eax; ret */
    int64_t file = scratch_create(SCRATCH "/code", code, sizeof(code));
    REQUIRE_TRUE(file >= 0);
    int64_t address =
        memory_map((uint64_t)file, 0, 0, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC | COCO_MMAP_PRIVATE);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/code"));
    REQUIRE_TRUE(address > 0);
    EXPECT_EQ(((int (*)(void))(uintptr_t)address)(), 42);
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
}

TEST(mmap, hint_is_tried_first, RULE("mmap.3"))
{
    uint8_t *area = memory_pages(4);
    REQUIRE_TRUE(area != NULL);
    EXPECT_OK(memory_unmap(area, 4 * PAGE));
    uint64_t hint = (uintptr_t)area;
    EXPECT_EQ(memory_map(COCO_HANDLE_NONE, hint, 0, 2 * PAGE, READ_WRITE | ANONYMOUS), hint);
    area[0] = 7;
    int64_t other = memory_map(COCO_HANDLE_NONE, hint, 0, PAGE, READ_WRITE | ANONYMOUS);
    EXPECT_TRUE(other > 0 && other != (int64_t)hint);
    EXPECT_EQ(area[0], 7);
    EXPECT_OK(memory_unmap((const void *)other, PAGE));
    EXPECT_OK(memory_unmap(area, 2 * PAGE));
}

TEST(mmap, fixed_replaces, RULE("mmap.4"))
{
    uint8_t *area = memory_pages(3);
    REQUIRE_TRUE(area != NULL);
    memset(area, 1, 3 * PAGE);
    uint64_t middle = (uintptr_t)area + PAGE;
    EXPECT_EQ(
        memory_map(COCO_HANDLE_NONE, middle, 0, PAGE, COCO_MMAP_READ | ANONYMOUS | COCO_MMAP_FIXED),
        middle);
    EXPECT_TRUE(bytes_are(area, 1, PAGE));
    EXPECT_TRUE(bytes_are(area + PAGE, 0, PAGE));
    EXPECT_TRUE(bytes_are(area + 2 * PAGE, 1, PAGE));
    EXPECT_TRUE(!memory_writable(area + PAGE));
    EXPECT_OK(memory_unmap(area, 3 * PAGE));
}

TEST(mmap, fixed_refuses_bad_ranges, RULE("mmap.4"), RULE("mmap.EINVAL"))
{
    uint64_t flags = READ_WRITE | ANONYMOUS | COCO_MMAP_FIXED;
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, UNMAPPED_ADDRESS + 1, 0, PAGE, flags), INVAL);
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, OUTSIDE_ADDRESS, 0, PAGE, flags), INVAL);
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, OUTSIDE_ADDRESS - PAGE, 0, 2 * PAGE, flags), INVAL);
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, KERNEL_ADDRESS, 0, PAGE, flags), INVAL);
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, 0ull - PAGE, 0, 2 * PAGE, flags), INVAL);
}

TEST(mmap, write_and_exec_exclude_each_other, RULE("mmap.5"), RULE("mmap.EINVAL"))
{
    uint64_t flags = COCO_MMAP_WRITE | COCO_MMAP_EXEC | ANONYMOUS;
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, flags), INVAL);
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, flags | COCO_MMAP_READ), INVAL);
}

TEST(mmap, length_is_rounded_up, RULE("mmap.6"))
{
    uint8_t *area = memory_pages(3);
    REQUIRE_TRUE(area != NULL);
    EXPECT_OK(memory_unmap(area, 3 * PAGE));
    uint64_t hint = (uintptr_t)area;
    EXPECT_EQ(memory_map(COCO_HANDLE_NONE, hint, 0, PAGE + 1, READ_WRITE | ANONYMOUS), hint);
    area[2 * PAGE - 1] = 1;
    EXPECT_TRUE(!memory_writable(area + 2 * PAGE));
    EXPECT_OK(memory_unmap(area, PAGE + 1));
    EXPECT_TRUE(!memory_writable(area + PAGE));
}

TEST(mmap, length_zero_is_refused, RULE("mmap.6"), RULE("mmap.EINVAL"))
{
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, 0, 0, 0, READ_WRITE | ANONYMOUS), INVAL);
}

TEST(mmap, offset_must_be_aligned, RULE("mmap.7"), RULE("mmap.EINVAL"))
{
    int64_t file = scratch_create(SCRATCH "/mapped", "x", 1);
    REQUIRE_TRUE(file >= 0);
    for (uint64_t offset = 1; offset < PAGE; offset *= 2) {
        EXPECT_ERROR(memory_map((uint64_t)file, 0, offset, PAGE, COCO_MMAP_READ), INVAL);
    }
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/mapped"));
}

TEST(mmap, too_much_is_nomem, RULE("mmap.ENOMEM"))
{
    EXPECT_ERROR(memory_map(COCO_HANDLE_NONE, 0, 0, 0x7ffffffff000, READ_WRITE | ANONYMOUS), NOMEM);
    uint64_t limit = (uint64_t)coco_query(COCO_QUERY_MEM_LIMIT);
    EXPECT_ERROR(
        memory_map(COCO_HANDLE_NONE, 0, 0, (limit | (PAGE - 1)) + 1 + PAGE, READ_WRITE | ANONYMOUS),
        NOMEM);
}

TEST(mmap, protection_holds, RULE("mmap.1"))
{
    int64_t none = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, ANONYMOUS);
    int64_t readable = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, COCO_MMAP_READ | ANONYMOUS);
    REQUIRE_TRUE(none > 0 && readable > 0);
    EXPECT_TRUE(!memory_readable((const void *)none));
    EXPECT_TRUE(!memory_writable((const void *)none));
    EXPECT_TRUE(memory_readable((const void *)readable));
    EXPECT_TRUE(!memory_writable((const void *)readable));
    EXPECT_OK(memory_unmap((const void *)none, PAGE));
    EXPECT_OK(memory_unmap((const void *)readable, PAGE));
}
