// SPDX-License-Identifier: MIT
// Tests of `system_counter`.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/test.h>

#include "memory.h"

#define NEED_SYSTEM()                                                                              \
    do {                                                                                           \
        if (!counters_available()) {                                                               \
            SKIP("no SYSTEM handle");                                                              \
        }                                                                                          \
    } while (0)

TEST(system_counter, unknown_item, RULE("system_counter.1"), RULE("system_counter.ENOTFOUND"))
{
    NEED_SYSTEM();
    EXPECT_ERROR(counter(1000), NOTFOUND);
    EXPECT_ERROR(counter(UINT32_MAX), NOTFOUND);
}

TEST(system_counter, handles_and_objects, RULE("system_counter.1"))
{
    NEED_SYSTEM();
    int64_t handles = counter(COCO_COUNTER_HANDLES);
    int64_t objects = counter(COCO_COUNTER_OBJECTS);
    int64_t dir = coco_opendir("/");
    int64_t copy = coco_handle_duplicate((coco_handle_t)dir, COCO_RIGHTS_SAME);
    EXPECT_EQ(counter(COCO_COUNTER_HANDLES), handles + 2);
    EXPECT_EQ(counter(COCO_COUNTER_OBJECTS), objects + 1);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_EQ(counter(COCO_COUNTER_HANDLES), handles);
    EXPECT_EQ(counter(COCO_COUNTER_OBJECTS), objects);
}

TEST(system_counter, memory_and_faults, RULE("system_counter.1"))
{
    NEED_SYSTEM();
    int64_t total = counter(COCO_COUNTER_MEM_TOTAL);
    int64_t before = counter(COCO_COUNTER_MEM_FREE);
    int64_t faults = counter(COCO_COUNTER_PAGE_FAULTS);
    EXPECT_TRUE(before > 0 && before < total);
    uint8_t *pages = memory_pages(256);
    REQUIRE_TRUE(pages != NULL);
    for (size_t i = 0; i < 256; i++) {
        *(volatile uint8_t *)(pages + i * PAGE) = 1;
    }
    EXPECT_TRUE(counter(COCO_COUNTER_PAGE_FAULTS) >= faults + 256);
    EXPECT_TRUE(counter(COCO_COUNTER_MEM_FREE) <= before - 200 * (int64_t)PAGE);
    EXPECT_OK(memory_unmap(pages, 256 * PAGE));
    EXPECT_TRUE(counter(COCO_COUNTER_MEM_FREE) >= before - 64 * (int64_t)PAGE);
}

TEST(system_counter, calls_are_counted, RULE("system_counter.1"))
{
    NEED_SYSTEM();
    int64_t before = counter(COCO_COUNTER_SYSCALLS);
    for (int i = 0; i < 100; i++) {
        EXPECT_TRUE(coco_thread_id() > 0);
    }
    int64_t after = counter(COCO_COUNTER_SYSCALLS);
    EXPECT_TRUE(after >= before + 100 && after < before + 100000);
}

TEST(system_counter, boot_facts, RULE("system_counter.1"))
{
    NEED_SYSTEM();
    EXPECT_TRUE(counter(COCO_COUNTER_PROCESSES) >= 1);
    EXPECT_TRUE(counter(COCO_COUNTER_THREADS) >= 1);
    EXPECT_TRUE(counter(COCO_COUNTER_HEAP_USED) > 0);
    EXPECT_TRUE(counter(COCO_COUNTER_CONTEXT_SWITCHES) > 0);
    EXPECT_TRUE(counter(COCO_COUNTER_KERNEL_IMAGE) > 16384);
    EXPECT_TRUE(counter(COCO_COUNTER_BOOT_ARCHIVE) > 0);
    int64_t boot = counter(COCO_COUNTER_BOOT_TSC);
    int64_t init = counter(COCO_COUNTER_INIT_TSC);
    EXPECT_TRUE(boot >= 0 && init > boot && init < (int64_t)__builtin_ia32_rdtsc());
}
