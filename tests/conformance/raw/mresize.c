// SPDX-License-Identifier: MIT
// Tests of `mresize`: grow or shrink an anonymous mapping in place.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>

#include "fork.h"
#include "memory.h"
#include "scratch.h"

static int64_t resize(const void *address, uint64_t length)
{
    return RAW(COCO_SYS_MRESIZE, (uintptr_t)address, length);
}

TEST(mresize, only_start_of_anonymous, RULE("mresize.1"), RULE("mresize.EINVAL"))
{
    uint8_t *area = memory_pages(3);
    REQUIRE_TRUE(area != NULL);
    EXPECT_ERROR(resize(area + PAGE, PAGE), INVAL);
    EXPECT_ERROR(resize(area + 1, PAGE), INVAL);
    EXPECT_ERROR(resize((const void *)UNMAPPED_ADDRESS, PAGE), INVAL);
    EXPECT_ERROR(resize((const void *)KERNEL_ADDRESS, PAGE), INVAL);
    EXPECT_OK(memory_unmap(area, 3 * PAGE));
    EXPECT_ERROR(resize(area, PAGE), INVAL);
}

TEST(mresize, file_mapping_is_refused, RULE("mresize.1"), RULE("mresize.EINVAL"))
{
    int64_t file = scratch_create(SCRATCH "/mapped", "x", 1);
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(address > 0);
    EXPECT_ERROR(resize((const void *)address, 2 * PAGE), INVAL);
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/mapped"));
}

TEST(mresize, new_pages_read_zero, RULE("mresize.2"))
{
    uint8_t *area = memory_pages(8);
    REQUIRE_TRUE(area != NULL);
    memset(area, 9, 8 * PAGE);
    EXPECT_OK(resize(area, 2 * PAGE));
    EXPECT_TRUE(bytes_are(area, 9, 2 * PAGE));
    EXPECT_TRUE(!memory_readable(area + 2 * PAGE));
    EXPECT_OK(resize(area, 7 * PAGE + 1));
    EXPECT_TRUE(bytes_are(area, 9, 2 * PAGE));
    EXPECT_TRUE(bytes_are(area + 2 * PAGE, 0, 6 * PAGE));
    EXPECT_TRUE(memory_writable(area + 8 * PAGE - 1));
    EXPECT_OK(memory_unmap(area, 8 * PAGE));
}

TEST(mresize, occupied_range_is_nomem, RULE("mresize.2"), RULE("mresize.ENOMEM"))
{
    uint8_t *area = memory_pages(4);
    REQUIRE_TRUE(area != NULL);
    EXPECT_OK(memory_unmap(area + PAGE, 3 * PAGE));
    EXPECT_EQ(memory_map(COCO_HANDLE_NONE, (uintptr_t)area + 2 * PAGE, 0, 2 * PAGE,
                         READ_WRITE | ANONYMOUS | COCO_MMAP_FIXED),
              (uintptr_t)area + 2 * PAGE);
    memset(area + 2 * PAGE, 5, 2 * PAGE);
    EXPECT_OK(resize(area, 2 * PAGE));
    EXPECT_ERROR(resize(area, 3 * PAGE), NOMEM);
    EXPECT_TRUE(bytes_are(area + 2 * PAGE, 5, 2 * PAGE));
    EXPECT_OK(resize(area, PAGE));
    EXPECT_TRUE(!memory_readable(area + PAGE));
    EXPECT_OK(memory_unmap(area, 4 * PAGE));
}

TEST(mresize, too_much_is_nomem, RULE("mresize.ENOMEM"))
{
    uint8_t *area = memory_pages(1);
    REQUIRE_TRUE(area != NULL);
    area[0] = 1;
    EXPECT_ERROR(resize(area, OUTSIDE_ADDRESS / 2 - (uintptr_t)area / 2), NOMEM);
    EXPECT_EQ(area[0], 1);
    EXPECT_OK(memory_unmap(area, PAGE));
}

TEST(mresize, length_zero_is_refused, RULE("mresize.3"), RULE("mresize.EINVAL"))
{
    uint8_t *area = memory_pages(1);
    REQUIRE_TRUE(area != NULL);
    EXPECT_ERROR(resize(area, 0), INVAL);
    EXPECT_TRUE(memory_writable(area));
    EXPECT_OK(memory_unmap(area, PAGE));
}

static uint8_t *shared_pages(uint64_t count)
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, count * PAGE, READ_WRITE);
    if (address < 0) {
        return NULL;
    }
    memset((void *)address, 9, count * PAGE);
    return (uint8_t *)address;
}

TEST(mresize, shared_part_before_a_hole, RULE("mresize.2"), RULE("mresize.5"))
{
    uint8_t *area = shared_pages(8);
    REQUIRE_TRUE(area != NULL);
    EXPECT_OK(memory_unmap(area + 4 * PAGE, PAGE));
    EXPECT_OK(resize(area, PAGE));
    EXPECT_ERROR(resize(area, 4 * PAGE), NOMEM);
    EXPECT_ERROR(resize(area, 2 * PAGE), NOMEM);
    EXPECT_TRUE(!memory_readable(area + PAGE));
    EXPECT_TRUE(bytes_are(area, 9, PAGE) && bytes_are(area + 5 * PAGE, 9, 3 * PAGE));
    EXPECT_OK(memory_unmap(area + 5 * PAGE, 3 * PAGE)); /* now it can be cut */
    EXPECT_OK(resize(area, 8 * PAGE));
    EXPECT_TRUE(bytes_are(area, 9, PAGE) && bytes_are(area + PAGE, 0, 7 * PAGE));
    EXPECT_OK(memory_unmap(area, 8 * PAGE));
}

/* In a copy: the other process has what is cut off here. */
static uint32_t cut_and_grow(void *argument)
{
    uint8_t *area = argument;
    if (resize(area, PAGE) != 0 || resize(area, 3 * PAGE) != COCO_ENOMEM) {
        return 1;
    }
    area[0] = 1;
    return 0;
}

TEST(mresize, shared_with_another_process, RULE("mresize.5"))
{
    uint8_t *area = shared_pages(3);
    REQUIRE_TRUE(area != NULL);
    EXPECT_EQ(fork_run(cut_and_grow, area), 0);
    EXPECT_TRUE(area[0] == 1 && bytes_are(area + 1, 9, 3 * PAGE - 1));
    EXPECT_OK(memory_unmap(area, 3 * PAGE));
}

/* It counts against no limit, so it would be a way around all of them. */
TEST(mresize, stack_does_not_grow, RULE("mresize.4"), RULE("mresize.ENOMEM"))
{
    const struct coco_start_block *block = entry_block();
    REQUIRE_TRUE(block != NULL);
    const void *low = (const void *)block->stack_low;
    uint64_t length = block->stack_high - block->stack_low;
    EXPECT_ERROR(resize(low, 64ull << 30), NOMEM);
    EXPECT_ERROR(resize(low, length + PAGE), NOMEM);
    EXPECT_OK(resize(low, length));
}
