// SPDX-License-Identifier: MIT
// Tests of `mem_protect`. That it can lack memory is proved in munmap.c.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"

TEST(mem_protect, every_page_must_be_mapped, RULE("mem_protect.1"), RULE("mem_protect.ENOMEM"))
{
    uint8_t *area = memory_pages(4);
    REQUIRE_TRUE(area != NULL);
    EXPECT_OK(memory_unmap(area + 2 * PAGE, PAGE));
    EXPECT_ERROR(memory_protect(area, 4 * PAGE, COCO_MMAP_READ), NOMEM);
    EXPECT_ERROR(memory_protect(area, 3 * PAGE, COCO_MMAP_READ), NOMEM);
    EXPECT_ERROR(memory_protect(area + 2 * PAGE, 2 * PAGE, COCO_MMAP_READ), NOMEM);
    EXPECT_TRUE(memory_writable(area));
    EXPECT_TRUE(memory_writable(area + PAGE));
    EXPECT_TRUE(memory_writable(area + 3 * PAGE));
    EXPECT_OK(memory_protect(area, 2 * PAGE, COCO_MMAP_READ));
    EXPECT_TRUE(!memory_writable(area) && !memory_writable(area + PAGE));
    EXPECT_OK(memory_unmap(area, 4 * PAGE));
}

TEST(mem_protect, protection_changes, RULE("mem_protect.2"))
{
    static const uint8_t code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3}; /* mov $42, %eax; ret */
    uint8_t *page = memory_pages(1);
    REQUIRE_TRUE(page != NULL);
    memcpy(page, code, sizeof(code));
    EXPECT_OK(memory_protect(page, PAGE, 0));
    EXPECT_TRUE(!memory_readable(page));
    EXPECT_OK(memory_protect(page, PAGE, COCO_MMAP_READ));
    EXPECT_TRUE(memory_readable(page) && !memory_writable(page));
    EXPECT_BYTES(page, code, sizeof(code));
    EXPECT_OK(memory_protect(page, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC));
    EXPECT_TRUE(!memory_writable(page));
    EXPECT_EQ(((int (*)(void))(uintptr_t)page)(), 42);
    EXPECT_OK(memory_protect(page, PAGE, READ_WRITE));
    EXPECT_TRUE(memory_writable(page));
    EXPECT_OK(memory_unmap(page, PAGE));
}

TEST(mem_protect, write_and_exec_exclude_each_other, RULE("mem_protect.2"),
     RULE("mem_protect.EINVAL"))
{
    uint8_t *page = memory_pages(1);
    REQUIRE_TRUE(page != NULL);
    EXPECT_ERROR(memory_protect(page, PAGE, COCO_MMAP_WRITE | COCO_MMAP_EXEC), INVAL);
    EXPECT_ERROR(memory_protect(page, PAGE, READ_WRITE | COCO_MMAP_EXEC), INVAL);
    EXPECT_ERROR(memory_protect(page, PAGE, COCO_MMAP_FIXED), INVAL);
    EXPECT_ERROR(memory_protect(page, PAGE, COCO_MMAP_READ | COCO_MMAP_ANONYMOUS), INVAL);
    EXPECT_TRUE(memory_writable(page));
    EXPECT_OK(memory_unmap(page, PAGE));
}

TEST(mem_protect, whole_pages, RULE("mem_protect.3"), RULE("mem_protect.EINVAL"))
{
    uint8_t *area = memory_pages(3);
    REQUIRE_TRUE(area != NULL);
    EXPECT_ERROR(memory_protect(area + 1, PAGE, COCO_MMAP_READ), INVAL);
    EXPECT_ERROR(memory_protect(area + 8, 0, COCO_MMAP_READ), INVAL);
    EXPECT_OK(memory_protect(area, 0, COCO_MMAP_READ));
    EXPECT_TRUE(memory_writable(area));
    EXPECT_OK(memory_protect(area, PAGE + 1, COCO_MMAP_READ));
    EXPECT_TRUE(!memory_writable(area) && !memory_writable(area + PAGE));
    EXPECT_TRUE(memory_writable(area + 2 * PAGE));
    EXPECT_OK(memory_unmap(area, 3 * PAGE));
}

TEST(mem_protect, bad_ranges, RULE("mem_protect.EINVAL"))
{
    EXPECT_ERROR(RAW(COCO_SYS_MEM_PROTECT, OUTSIDE_ADDRESS, PAGE, COCO_MMAP_READ), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_MEM_PROTECT, KERNEL_ADDRESS, PAGE, COCO_MMAP_READ), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_MEM_PROTECT, PAGE, UINT64_MAX, COCO_MMAP_READ), INVAL);
}
