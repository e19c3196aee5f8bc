// SPDX-License-Identifier: MIT
// Tests of `query`: facts about the kernel.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>

TEST(query, limits_are_the_published_ones, RULE("query.1"))
{
    EXPECT_EQ(coco_query(COCO_QUERY_ABI_LEVEL), COCO_ABI_LEVEL);
    EXPECT_EQ(coco_query(COCO_QUERY_PAGE_SIZE), COCO_PAGE_SIZE);
    EXPECT_EQ(coco_query(COCO_QUERY_HANDLE_LIMIT), COCO_HANDLE_MAX);
    EXPECT_EQ(coco_query(COCO_QUERY_PATH_LIMIT), COCO_PATH_MAX);
    EXPECT_EQ(coco_query(COCO_QUERY_ARGUMENT_LIMIT), COCO_ARGUMENT_MAX);
    EXPECT_EQ(coco_query(COCO_QUERY_THREAD_LIMIT), COCO_THREAD_MAX);
}

TEST(query, machine_facts_agree, RULE("query.1"))
{
    const struct coco_start_block *block = entry_block();
    int64_t cpus = coco_query(COCO_QUERY_CPU_COUNT);
    EXPECT_TRUE(cpus >= 1 && cpus <= 256);
    EXPECT_EQ(cpus, block->cpu_count);
    EXPECT_EQ(coco_query(COCO_QUERY_FEATURES), block->features);
    EXPECT_TRUE(coco_query(COCO_QUERY_TSC_HZ) > 1000000);
    int64_t memory = coco_query(COCO_QUERY_MEM_LIMIT);
    EXPECT_TRUE(memory >= 1 << 20);
}

/* The count of ticks and the clock go at the same pace, wherever between two looks the machine is
   held up. */
TEST(query, tsc_frequency_is_right, RULE("query.1"))
{
    uint64_t hz = (uint64_t)coco_query(COCO_QUERY_TSC_HZ);
    int64_t before_ns = coco_clock_get(COCO_CLOCK_MONOTONIC);
    uint64_t start = __builtin_ia32_rdtsc();
    int64_t start_ns = coco_clock_get(COCO_CLOCK_MONOTONIC);
    (void)coco_sleep_until((uint64_t)start_ns + 50000000);
    int64_t end_ns = coco_clock_get(COCO_CLOCK_MONOTONIC);
    uint64_t ticks = __builtin_ia32_rdtsc() - start;
    int64_t after_ns = coco_clock_get(COCO_CLOCK_MONOTONIC);
    uint64_t least = hz / 1000000 * (uint64_t)(end_ns - start_ns) / 1000;
    uint64_t most = hz / 1000000 * (uint64_t)(after_ns - before_ns) / 1000;
    EXPECT_TRUE(ticks > least / 2 && ticks < most * 2);
}

TEST(query, unknown_item_is_notfound, RULE("query.1"), RULE("query.ENOTFOUND"))
{
    EXPECT_ERROR(coco_query(1000), NOTFOUND);
    EXPECT_ERROR(coco_query(0x7fffffff), NOTFOUND);
    EXPECT_ERROR(coco_query(UINT32_MAX), NOTFOUND);
}
