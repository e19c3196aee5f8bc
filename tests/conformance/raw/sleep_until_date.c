// SPDX-License-Identifier: MIT
// Tests of `sleep_until_date`; how it follows a clock that is set is in clock_set.c.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "signals.h"

TEST(sleep_until_date, past_returns_at_once, RULE("sleep_until_date.1"))
{
    uint64_t start = deadline_after(0);
    EXPECT_OK(coco_sleep_until_date(0));
    EXPECT_OK(coco_sleep_until_date((uint64_t)coco_clock_get(COCO_CLOCK_REALTIME)));
    EXPECT_TRUE(deadline_after(0) - start < 60 * SECONDS);
}

TEST(sleep_until_date, not_too_early, RULE("sleep_until_date.1"))
{
    for (uint64_t ms = 1; ms <= 32; ms *= 2) {
        int64_t until = coco_clock_get(COCO_CLOCK_REALTIME) + (int64_t)(ms * MILLISECONDS);
        EXPECT_OK(coco_sleep_until_date((uint64_t)until));
        int64_t now = coco_clock_get(COCO_CLOCK_REALTIME);
        EXPECT_TRUE(now >= until && now < until + (int64_t)(60 * SECONDS));
    }
}

static uint64_t sleeper; /* atomic */
static int64_t result;

static void sleep_for_ever(void *unused)
{
    (void)unused;
    __atomic_store_n(&sleeper, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    result = coco_sleep_until_date(COCO_FOREVER);
}

TEST(sleep_until_date, interrupted, RULE("sleep_until_date.EINTR"), RULE("signal_action.6"))
{
    struct thread thread;
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_RESTART, 0));
    sleeper = 0;
    REQUIRE_OK(thread_start(&thread, sleep_for_ever, NULL));
    while (__atomic_load_n(&sleeper, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    signals_interrupt(SIGNAL_ONE, &thread);
    EXPECT_ERROR(result, INTR);
    signals_reset();
}
