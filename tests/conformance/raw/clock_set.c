// SPDX-License-Identifier: MIT
// Tests of `clock_set`. The clock is put right again, up to what the tests themselves take.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "timers.h"

#define ONE_HOUR (3600 * SECONDS)

static uint64_t date(void)
{
    return (uint64_t)coco_clock_get(COCO_CLOCK_REALTIME);
}

/* Sets the clock forward or back. */
static int64_t shift(int64_t ns)
{
    return coco_clock_set(date() + (uint64_t)ns);
}

TEST(clock_set, shows_the_time, RULE("clock_set.1"))
{
    uint64_t before = date();
    int64_t monotonic = coco_clock_get(COCO_CLOCK_MONOTONIC);
    EXPECT_OK(coco_clock_set(ONE_HOUR));
    uint64_t now = date();
    EXPECT_TRUE(now >= ONE_HOUR && now < ONE_HOUR + 20 * SECONDS);
    int64_t passed = coco_clock_get(COCO_CLOCK_MONOTONIC) - monotonic;
    EXPECT_TRUE(passed >= 0 && passed < (int64_t)(20 * SECONDS));
    EXPECT_OK(coco_clock_set(COCO_CLOCK_SET_MAX));
    EXPECT_TRUE(date() >= COCO_CLOCK_SET_MAX);
    EXPECT_OK(coco_clock_set(0)); /* before the machine began to run: its base is negative */
    EXPECT_TRUE(date() < 20 * SECONDS);
    EXPECT_OK(coco_clock_set(before));
}

static void note_date(void *shown)
{
    *(uint64_t *)shown = date();
}

TEST(clock_set, for_all, RULE("clock_set.1"))
{
    struct thread thread;
    uint64_t before = date();
    uint64_t shown = 0;
    EXPECT_OK(coco_clock_set(ONE_HOUR));
    REQUIRE_OK(thread_start(&thread, note_date, &shown));
    EXPECT_OK(thread_join(&thread));
    EXPECT_TRUE(shown >= ONE_HOUR && shown < ONE_HOUR + 20 * SECONDS);
    EXPECT_OK(coco_clock_set(before));
}

TEST(clock_set, timers_follow, RULE("clock_set.2"), RULE("timer_set.1"))
{
    int64_t absolute = timers_make(COCO_CLOCK_REALTIME, COCO_TIMER_NOTHING, 0, 0);
    int64_t relative = timers_make(COCO_CLOCK_REALTIME, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_TRUE(absolute > 0 && relative > 0);
    EXPECT_OK(
        timers_set((coco_handle_t)absolute, COCO_TIMER_ABSOLUTE, date() + ONE_HOUR, 100 * SECONDS));
    EXPECT_OK(timers_set((coco_handle_t)relative, 0, ONE_HOUR, 0));
    EXPECT_TRUE(!timers_readable((coco_handle_t)absolute, 0));
    EXPECT_OK(shift((int64_t)(ONE_HOUR + 350 * SECONDS)));
    EXPECT_TRUE(timers_readable((coco_handle_t)absolute, 1));
    EXPECT_TRUE(!timers_readable((coco_handle_t)relative, 0));
    /* Three intervals have passed beyond the first time. */
    EXPECT_EQ(timers_get((coco_handle_t)absolute, COCO_TIMER_CONSUME).expirations, 4);
    EXPECT_OK(shift(-(int64_t)(ONE_HOUR + 350 * SECONDS)));
    EXPECT_TRUE(!timers_readable((coco_handle_t)absolute, 0));
    EXPECT_TRUE(timers_get((coco_handle_t)absolute, 0).remaining > 3000 * SECONDS);
    EXPECT_OK(coco_close((coco_handle_t)absolute));
    EXPECT_OK(coco_close((coco_handle_t)relative));
}

static uint32_t asleep;
static int64_t slept;

static void sleep_for_an_hour(void *unused)
{
    (void)unused;
    uint64_t until = date() + ONE_HOUR;
    __atomic_store_n(&asleep, 1, __ATOMIC_RELEASE);
    slept = coco_sleep_until_date(until);
    slept = slept == 0 && date() < until ? -1 : slept;
}

TEST(clock_set, sleepers_follow, RULE("clock_set.2"), RULE("sleep_until_date.1"))
{
    struct thread thread;
    asleep = 0;
    slept = 99;
    REQUIRE_OK(thread_start(&thread, sleep_for_an_hour, NULL));
    while (__atomic_load_n(&asleep, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_OK(shift((int64_t)(ONE_HOUR / 2)));
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_EQ(slept, 99);
    EXPECT_OK(shift((int64_t)ONE_HOUR));
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(slept, 0);
    EXPECT_OK(shift(-(int64_t)(ONE_HOUR + ONE_HOUR / 2)));
}

/* What a child answers that sets the clock to what it shows. */
static int64_t ask_child(uint32_t flags)
{
    char storage[4096];
    struct coco_spawn spawn;
    struct coco_exit_status status = {.code = 99};
    const struct child child = {.arguments = {"clock_set"}};
    child_prepare(&child, &spawn, storage);
    spawn.flags = flags;
    int64_t process = coco_process_spawn(&spawn);
    if (!EXPECT_TRUE(process > 0) || !child_wait(process, &status)) {
        return 0;
    }
    return -(int64_t)status.code;
}

static uint32_t set_in_copy(void *unused)
{
    (void)unused;
    return (uint32_t)-coco_clock_set(date());
}

TEST(clock_set, who_may, RULE("clock_set.3"), RULE("clock_set.EPERM"), RULE("process_spawn.12"))
{
    EXPECT_OK(ask_child(COCO_SPAWN_MAY_CONTROL));
    EXPECT_ERROR(ask_child(0), PERM);
    EXPECT_ERROR(ask_child(COCO_SPAWN_MAY_SIGNAL), PERM);
    EXPECT_EQ(fork_run(set_in_copy, NULL), 0);
}

TEST(clock_set, too_late, RULE("clock_set.4"), RULE("clock_set.EINVAL"))
{
    uint64_t before = date();
    EXPECT_ERROR(coco_clock_set(COCO_CLOCK_SET_MAX + 1), INVAL);
    EXPECT_ERROR(coco_clock_set(UINT64_MAX), INVAL);
    EXPECT_TRUE(date() >= before && date() < before + 20 * SECONDS);
}
