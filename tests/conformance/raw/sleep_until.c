// SPDX-License-Identifier: MIT
// Tests of `sleep_until`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "turns.h"

TEST(sleep_until, past_returns_at_once, RULE("sleep_until.1"))
{
    uint64_t start = deadline_after(0);
    for (int i = 0; i < 100; i++) {
        EXPECT_OK(coco_sleep_until(0));
        EXPECT_OK(coco_sleep_until(1));
        EXPECT_OK(coco_sleep_until(start));
    }
    EXPECT_TRUE(deadline_after(0) - start < 60 * SECONDS);
}

TEST(sleep_until, not_too_early, RULE("sleep_until.1"))
{
    for (uint64_t ms = 1; ms <= 32; ms *= 2) {
        uint64_t deadline = deadline_after(ms * MILLISECONDS);
        EXPECT_OK(coco_sleep_until(deadline));
        uint64_t now = deadline_after(0);
        EXPECT_TRUE(now >= deadline && now < deadline + 60 * SECONDS);
    }
}

#define SLEEPERS 8u

static uint64_t base;
static uint32_t woken;
static uint64_t wake_order[SLEEPERS];

static void sleep_for(void *ms)
{
    (void)coco_sleep_until(base + (uint64_t)ms * MILLISECONDS);
    wake_order[__atomic_fetch_add(&woken, 1, __ATOMIC_ACQ_REL)] = (uint64_t)ms;
}

/* Started in the order of falling deadlines; false if the first had passed before all slept. */
static bool wake_all(uint64_t within)
{
    struct thread threads[SLEEPERS];
    woken = 0;
    turns_begin();
    base = deadline_after(within);
    for (uint64_t i = 0; i < SLEEPERS; i++) {
        EXPECT_OK(thread_start(&threads[i], sleep_for, (void *)((SLEEPERS - i) * 20)));
    }
    turns_pass();
    bool all_slept = deadline_after(0) < base;
    for (size_t i = 0; i < SLEEPERS; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    turns_end();
    return all_slept;
}

/* Woken in the order of rising deadlines, also where several have passed at once. */
TEST(sleep_until, sleepers_wake_in_order, RULE("sleep_until.1"))
{
    uint64_t within = 20 * MILLISECONDS;
    while (!wake_all(within)) {
        within *= 2;
    }
    for (uint64_t i = 0; i < SLEEPERS; i++) {
        EXPECT_EQ(wake_order[i], (i + 1) * 20);
    }
}
