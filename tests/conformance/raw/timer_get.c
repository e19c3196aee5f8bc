// SPDX-License-Identifier: MIT
// Tests of `timer_get`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "timers.h"

TEST(timer_get, remaining, RULE("timer_get.1"))
{
    int64_t made = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_TRUE(made > 0);
    coco_handle_t timer = (coco_handle_t)made;
    EXPECT_OK(timers_set(timer, 0, 100 * SECONDS, 0));
    uint64_t first = timers_get(timer, 0).remaining;
    (void)coco_sleep_until(deadline_after(MILLISECONDS));
    uint64_t second = timers_get(timer, 0).remaining;
    EXPECT_TRUE(first <= 100 * SECONDS && second + MILLISECONDS <= first && second > 0);
    EXPECT_OK(timers_set(timer, 0, 1, 0));
    EXPECT_TRUE(timers_readable(timer, 1));
    EXPECT_EQ(timers_get(timer, 0).remaining, 0);
    EXPECT_OK(timers_set(timer, 0, 1, MILLISECONDS));
    for (int i = 0; i < 100; i++) {
        uint64_t left = timers_get(timer, 0).remaining;
        EXPECT_TRUE(left > 0 && left <= MILLISECONDS);
    }
    EXPECT_OK(coco_close(timer));
}

TEST(timer_get, expirations, RULE("timer_get.2"))
{
    int64_t made = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_TRUE(made > 0);
    coco_handle_t timer = (coco_handle_t)made;
    EXPECT_EQ(timers_get(timer, COCO_TIMER_CONSUME).expirations, 0);
    uint64_t start = deadline_after(0);
    EXPECT_OK(timers_set(timer, 0, MILLISECONDS, MILLISECONDS));
    (void)coco_sleep_until(deadline_after(10 * MILLISECONDS)); /* from when it was set */
    EXPECT_TRUE(timers_readable(timer, 1));
    uint64_t seen = timers_get(timer, 0).expirations;
    EXPECT_TRUE(seen >= 9 && seen <= (deadline_after(0) - start) / MILLISECONDS);
    EXPECT_TRUE(timers_readable(timer, 0));
    EXPECT_TRUE(timers_get(timer, COCO_TIMER_CONSUME).expirations >= seen);
    EXPECT_TRUE(timers_readable(timer, 1)); /* again */
    EXPECT_OK(timers_set(timer, 0, 1, 0));
    EXPECT_TRUE(timers_readable(timer, 1));
    EXPECT_EQ(timers_get(timer, COCO_TIMER_CONSUME).expirations, 1);
    EXPECT_TRUE(!timers_readable(timer, 0));
    EXPECT_EQ(timers_get(timer, COCO_TIMER_CONSUME).expirations, 0);
    EXPECT_OK(coco_close(timer));
}

/* Nothing is consumed that cannot be told. */
TEST(timer_get, bad_memory, RULE("timer_get.2"))
{
    int64_t made = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_TRUE(made > 0);
    coco_handle_t timer = (coco_handle_t)made;
    EXPECT_OK(timers_set(timer, 0, 1, 0));
    EXPECT_TRUE(timers_readable(timer, 1));
    EXPECT_ERROR(coco_timer_get(timer, COCO_TIMER_CONSUME, (void *)(uintptr_t)UNMAPPED_ADDRESS),
                 FAULT);
    EXPECT_TRUE(timers_readable(timer, 0));
    EXPECT_OK(coco_close(timer));
}
