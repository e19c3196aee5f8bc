// SPDX-License-Identifier: MIT
// Tests of `timer_set`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "timers.h"

static coco_handle_t make(uint32_t clock)
{
    int64_t timer = timers_make(clock, COCO_TIMER_NOTHING, 0, 0);
    EXPECT_TRUE(timer > 0);
    return (coco_handle_t)timer;
}

TEST(timer_set, absolute, RULE("timer_set.1"))
{
    static const uint32_t clocks[] = {COCO_CLOCK_MONOTONIC, COCO_CLOCK_REALTIME};
    for (size_t i = 0; i < 2; i++) {
        coco_handle_t timer = make(clocks[i]);
        uint64_t due = (uint64_t)coco_clock_get(clocks[i]) + 5 * MILLISECONDS;
        EXPECT_OK(timers_set(timer, COCO_TIMER_ABSOLUTE, due, 0));
        EXPECT_TRUE(timers_readable(timer, 1));
        EXPECT_TRUE((uint64_t)coco_clock_get(clocks[i]) >= due);
        /* A time that has passed is now. */
        EXPECT_OK(timers_set(timer, COCO_TIMER_ABSOLUTE, 1, 0));
        EXPECT_TRUE(timers_readable(timer, 1));
        EXPECT_OK(coco_close(timer));
    }
}

TEST(timer_set, disarms, RULE("timer_set.1"), RULE("timer_set.4"))
{
    coco_handle_t timer = make(COCO_CLOCK_MONOTONIC);
    EXPECT_OK(timers_set(timer, 0, 3 * MILLISECONDS, 0));
    EXPECT_OK(timers_set(timer, 0, 0, 5));
    EXPECT_EQ(timers_get(timer, 0).remaining, 0);
    (void)coco_sleep_until(deadline_after(6 * MILLISECONDS));
    EXPECT_TRUE(!timers_readable(timer, 0));
    EXPECT_OK(timers_set(timer, 0, 1, 0));
    EXPECT_TRUE(timers_readable(timer, 1));
    EXPECT_OK(timers_set(timer, 0, 0, 0));
    EXPECT_TRUE(!timers_readable(timer, 0));
    EXPECT_OK(coco_close(timer));
}

TEST(timer_set, repeats, RULE("timer_set.2"))
{
    coco_handle_t timer = make(COCO_CLOCK_MONOTONIC);
    uint64_t start = deadline_after(0);
    EXPECT_OK(timers_set(timer, 0, 2 * MILLISECONDS, 3 * MILLISECONDS));
    for (uint64_t i = 0, seen = 0; i < 4; i++) {
        EXPECT_TRUE(timers_readable(timer, 1));
        struct coco_timer_state state = timers_get(timer, COCO_TIMER_CONSUME);
        seen += state.expirations;
        uint64_t passed = deadline_after(0) - start;
        EXPECT_TRUE(state.expirations > 0);
        EXPECT_TRUE(2 * MILLISECONDS + (seen - 1) * 3 * MILLISECONDS <= passed);
        EXPECT_EQ(state.interval, 3 * MILLISECONDS);
        EXPECT_TRUE(state.remaining > 0 && state.remaining <= 3 * MILLISECONDS);
    }
    EXPECT_OK(coco_close(timer));
}

TEST(timer_set, tells_the_state_before, RULE("timer_set.3"))
{
    coco_handle_t timer = make(COCO_CLOCK_MONOTONIC);
    struct coco_timer_setting setting = {.value = 100 * SECONDS, .interval = 7};
    struct coco_timer_state old;
    EXPECT_OK(coco_timer_set(timer, 0, &setting, &old));
    EXPECT_EQ(old.remaining, 0);
    EXPECT_EQ(old.interval, 0);
    setting.interval = 0;
    EXPECT_OK(coco_timer_set(timer, 0, &setting, &old));
    EXPECT_TRUE(old.remaining > 50 * SECONDS && old.remaining <= 100 * SECONDS);
    EXPECT_EQ(old.interval, 7);
    EXPECT_OK(coco_close(timer));
}

TEST(timer_set, far_away, RULE("timer_set.1"))
{
    coco_handle_t timer = make(COCO_CLOCK_REALTIME);
    EXPECT_OK(timers_set(timer, 0, UINT64_MAX, UINT64_MAX));
    EXPECT_TRUE(timers_get(timer, 0).remaining > 1ull << 60);
    EXPECT_OK(timers_set(timer, COCO_TIMER_ABSOLUTE, UINT64_MAX, UINT64_MAX));
    EXPECT_TRUE(timers_get(timer, 0).remaining > 1ull << 60);
    EXPECT_TRUE(!timers_readable(timer, 0));
    EXPECT_OK(coco_close(timer));
}

/* What cannot be told is not done. */
TEST(timer_set, bad_old, RULE("timer_set.EFAULT"), RULE("timer_set.EINVAL"))
{
    coco_handle_t timer = make(COCO_CLOCK_MONOTONIC);
    const struct coco_timer_setting setting = {.value = SECONDS};
    EXPECT_ERROR(coco_timer_set(timer, 0, &setting, (void *)(uintptr_t)UNMAPPED_ADDRESS), FAULT);
    EXPECT_ERROR(coco_timer_set(timer, 0, &setting, (void *)(uintptr_t)OUTSIDE_ADDRESS), INVAL);
    EXPECT_EQ(timers_get(timer, 0).remaining, 0);
    EXPECT_OK(coco_close(timer));
}
