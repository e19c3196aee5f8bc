// SPDX-License-Identifier: MIT
// Tests of `interval_timer`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "signals.h"
#include "timers.h"

static int64_t set(uint32_t which, uint64_t value, uint64_t interval)
{
    const struct coco_timer_setting setting = {.value = value, .interval = interval};
    return coco_interval_timer(which, &setting, NULL);
}

TEST(interval_timer, unknown, RULE("interval_timer.1"), RULE("interval_timer.EINVAL"))
{
    struct coco_timer_state state;
    EXPECT_ERROR(coco_interval_timer(3, NULL, &state), INVAL);
    EXPECT_ERROR(coco_interval_timer(UINT32_MAX, NULL, NULL), INVAL);
    EXPECT_ERROR(coco_interval_timer(0, (void *)(uintptr_t)OUTSIDE_ADDRESS, NULL), INVAL);
}

TEST(interval_timer, state, RULE("interval_timer.2"))
{
    for (uint32_t which = 0; which < COCO_INTERVAL_COUNT; which++) {
        const struct coco_timer_setting setting = {.value = 100 * SECONDS, .interval = 5};
        const struct coco_timer_setting none = {0};
        struct coco_timer_state state;
        EXPECT_OK(coco_interval_timer(which, NULL, &state));
        EXPECT_EQ(state.remaining, 0);
        EXPECT_OK(coco_interval_timer(which, &setting, &state));
        EXPECT_EQ(state.remaining, 0);
        EXPECT_OK(coco_interval_timer(which, NULL, NULL));
        EXPECT_OK(coco_interval_timer(which, NULL, &state));
        EXPECT_TRUE(state.remaining > 50 * SECONDS && state.remaining <= 100 * SECONDS);
        EXPECT_EQ(state.interval, 5);
        EXPECT_OK(coco_interval_timer(which, &none, &state));
        EXPECT_TRUE(state.remaining > 50 * SECONDS);
        EXPECT_OK(coco_interval_timer(which, NULL, &state));
        EXPECT_EQ(state.remaining, 0);
    }
}

TEST(interval_timer, signals, RULE("interval_timer.3"))
{
    static const uint32_t signals[COCO_INTERVAL_COUNT] = {
        COCO_SIGNAL_ALARM, COCO_SIGNAL_VIRTUAL_ALARM, COCO_SIGNAL_PROFILE};
    for (uint32_t which = 0; which < COCO_INTERVAL_COUNT; which++) {
        signals_reset();
        EXPECT_OK(signals_catch(signals[which], 0, 0));
        EXPECT_OK(set(which, 3 * MILLISECONDS, 3 * MILLISECONDS));
        for (int i = 0; i < 10000 && __atomic_load_n(&signals_caught.count, __ATOMIC_ACQUIRE) < 2;
             i++) {
            timers_compute(MILLISECONDS);
        }
        EXPECT_OK(set(which, 0, 0));
        EXPECT_TRUE(signals_caught.count >= 2);
        EXPECT_EQ(signals_caught.info[0].signal, signals[which]);
        EXPECT_EQ(signals_caught.info[0].code, COCO_SIGNAL_FROM_TIMER);
    }
    signals_reset();
}

/* What cannot be told is not done. */
TEST(interval_timer, bad_memory, RULE("interval_timer.EFAULT"))
{
    const struct coco_timer_setting setting = {.value = SECONDS};
    struct coco_timer_state state;
    void *bad = (void *)(uintptr_t)UNMAPPED_ADDRESS;
    EXPECT_ERROR(coco_interval_timer(0, bad, NULL), FAULT);
    EXPECT_ERROR(coco_interval_timer(0, &setting, bad), FAULT);
    EXPECT_ERROR(coco_interval_timer(0, NULL, bad), FAULT);
    EXPECT_OK(coco_interval_timer(0, NULL, &state));
    EXPECT_EQ(state.remaining, 0);
}
