// SPDX-License-Identifier: MIT
// Tests of `munmap`: remove the mappings in a range.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/test.h>

#include "memory.h"

TEST(munmap, address_must_be_aligned, RULE("munmap.1"), RULE("munmap.EINVAL"))
{
    uint8_t *page = memory_pages(1);
    REQUIRE_TRUE(page != NULL);
    EXPECT_ERROR(memory_unmap(page + 1, PAGE), INVAL);
    EXPECT_ERROR(memory_unmap(page + PAGE / 2, PAGE / 2), INVAL);
    EXPECT_TRUE(memory_writable(page));
    EXPECT_OK(memory_unmap(page, PAGE));
    EXPECT_TRUE(!memory_writable(page));
}

TEST(munmap, length_is_rounded_up, RULE("munmap.1"))
{
    uint8_t *area = memory_pages(3);
    REQUIRE_TRUE(area != NULL);
    EXPECT_OK(memory_unmap(area, PAGE + 1));
    EXPECT_TRUE(!memory_writable(area));
    EXPECT_TRUE(!memory_writable(area + PAGE));
    EXPECT_TRUE(memory_writable(area + 2 * PAGE));
    EXPECT_OK(memory_unmap(area + 2 * PAGE, 1));
    EXPECT_TRUE(!memory_writable(area + 2 * PAGE));
}

TEST(munmap, bad_ranges_are_refused, RULE("munmap.EINVAL"))
{
    EXPECT_ERROR(RAW(COCO_SYS_MUNMAP, OUTSIDE_ADDRESS, PAGE), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_MUNMAP, KERNEL_ADDRESS, PAGE), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_MUNMAP, UNMAPPED_ADDRESS, UINT64_MAX), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_MUNMAP, UNMAPPED_ADDRESS, OUTSIDE_ADDRESS), INVAL);
}

TEST(munmap, other_part_stays, RULE("munmap.2"))
{
    uint8_t *area = memory_pages(5);
    REQUIRE_TRUE(area != NULL);
    memset(area, 3, 5 * PAGE);
    EXPECT_OK(memory_unmap(area + 2 * PAGE, PAGE));
    EXPECT_TRUE(bytes_are(area, 3, 2 * PAGE));
    EXPECT_TRUE(bytes_are(area + 3 * PAGE, 3, 2 * PAGE));
    EXPECT_TRUE(!memory_readable(area + 2 * PAGE));
    EXPECT_OK(memory_unmap(area, PAGE));
    EXPECT_OK(memory_unmap(area + 4 * PAGE, PAGE));
    EXPECT_TRUE(bytes_are(area + PAGE, 3, PAGE));
    EXPECT_TRUE(bytes_are(area + 3 * PAGE, 3, PAGE));
    EXPECT_OK(memory_unmap(area, 5 * PAGE));
}

TEST(munmap, holes_are_passed_over, RULE("munmap.3"))
{
    uint8_t *area = memory_pages(6);
    REQUIRE_TRUE(area != NULL);
    EXPECT_OK(memory_unmap(area + PAGE, PAGE));
    EXPECT_OK(memory_unmap(area + 3 * PAGE, PAGE));
    EXPECT_OK(memory_unmap(area, 6 * PAGE));
    EXPECT_OK(memory_unmap(area, 6 * PAGE));
    for (size_t i = 0; i < 6; i++) {
        EXPECT_TRUE(!memory_writable(area + i * PAGE));
    }
}

/* What was unmapped is given back: the same amount can be had many times over. */
TEST(munmap, memory_is_given_back, RULE("munmap.1"))
{
    uint64_t part = (uint64_t)coco_query(COCO_QUERY_MEM_LIMIT) / 8 & ~(PAGE - 1);
    for (int round = 0; round < 12; round++) {
        int64_t area = memory_map(COCO_HANDLE_NONE, 0, 0, part, READ_WRITE | ANONYMOUS);
        REQUIRE_TRUE(area > 0);
        for (uint64_t at = 0; at < part; at += 16 * PAGE) {
            *(volatile uint8_t *)(area + (int64_t)at) = 1;
        }
        REQUIRE_OK(memory_unmap((const void *)area, part));
    }
}

#define SPREAD (64ull << 30)
#define STRIDE (1ull << 30)

/* Each page needs page tables of its own, of two levels. */
static void touch_spread(int64_t base, bool map)
{
    for (uint64_t at = 0; at < SPREAD; at += STRIDE) {
        uint8_t *page = (uint8_t *)base + at;
        if (!map) {
            EXPECT_OK(memory_unmap(page, PAGE));
        } else if (EXPECT_EQ(memory_map(COCO_HANDLE_NONE, (uintptr_t)page, 0, PAGE,
                                        READ_WRITE | ANONYMOUS | COCO_MMAP_FIXED),
                             page)) {
            *page = 1;
        }
    }
}

TEST(munmap, page_tables_are_given_back, RULE("munmap.4"))
{
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    int64_t base = memory_map(COCO_HANDLE_NONE, 0, 0, SPREAD, ANONYMOUS);
    REQUIRE_TRUE(base > 0);
    REQUIRE_OK(memory_unmap((const void *)base, SPREAD)); /* a place where nothing is */
    touch_spread(base, true);
    touch_spread(base, false);
    int64_t before = counters_free_memory();
    for (int round = 0; round < 3; round++) {
        touch_spread(base, true);
        EXPECT_TRUE(before - counters_free_memory() >= 3 * 64 * (int64_t)PAGE);
        touch_spread(base, false);
        EXPECT_EQ(counters_free_memory(), before);
    }
    /* As one range, which goes in steps. */
    EXPECT_EQ(memory_map(COCO_HANDLE_NONE, (uint64_t)base, 0, SPREAD, ANONYMOUS | COCO_MMAP_FIXED),
              base);
    touch_spread(base, true);
    EXPECT_OK(memory_unmap((const void *)base, SPREAD));
    EXPECT_EQ(counters_free_memory(), before);
}

/* Every second page in a mapping of its own until no more can be had. Pages without access do not
   count against the limit of memory. Taking a page out of the middle of a mapping would make one
   more. */
TEST(munmap, splitting_can_lack_memory, RULE("munmap.ENOMEM"), RULE("mem_protect.ENOMEM"))
{
    uint64_t count = 66000;
    int64_t area = memory_map(COCO_HANDLE_NONE, 0, 0, count * PAGE, ANONYMOUS);
    REQUIRE_TRUE(area > 0);
    int64_t result = 0;
    uint64_t page = 1;
    while (result == 0 && page + 3 < count) {
        result =
            memory_protect((const void *)(area + (int64_t)(page * PAGE)), PAGE, COCO_MMAP_READ);
        page += 2;
    }
    EXPECT_ERROR(result, NOMEM);
    /* Protecting makes two mappings more, taking out one: so one of these may still fit. */
    const uint8_t *tail = (const uint8_t *)(area + (int64_t)((count - 2) * PAGE));
    if (memory_unmap(tail, PAGE) == 0) {
        tail -= 2 * PAGE;
        EXPECT_ERROR(memory_unmap(tail, PAGE), NOMEM);
    }
    EXPECT_ERROR(memory_protect(tail, PAGE, COCO_MMAP_READ), NOMEM);
    EXPECT_OK(memory_unmap((const void *)area, count * PAGE));
}
