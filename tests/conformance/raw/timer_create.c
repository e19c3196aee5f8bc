// SPDX-License-Identifier: MIT
// Tests of `timer_create`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "scratch.h"
#include "signals.h"
#include "timers.h"

TEST(timer_create, a_handle, RULE("timer_create.1"))
{
    coco_handle_t next = scratch_next_handle();
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_EQ(timer, next);
    uint64_t info = (uint64_t)coco_handle_info((coco_handle_t)timer);
    EXPECT_EQ((uint32_t)info, COCO_OBJECT_TIMER);
    EXPECT_EQ(info >> 32, COCO_RIGHT_READ | COCO_RIGHT_MANAGE | COCO_RIGHT_DUP);
    EXPECT_EQ(timers_get((coco_handle_t)timer, 0).remaining, 0);
    EXPECT_TRUE(!timers_readable((coco_handle_t)timer, 0));
    EXPECT_OK(coco_close((coco_handle_t)timer));
}

TEST(timer_create, becomes_readable, RULE("timer_create.2"))
{
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_TRUE(timer > 0);
    uint64_t due = deadline_after(5 * MILLISECONDS);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 5 * MILLISECONDS, 0));
    EXPECT_TRUE(!timers_readable((coco_handle_t)timer, 0) || deadline_after(0) >= due);
    EXPECT_TRUE(timers_readable((coco_handle_t)timer, 1));
    EXPECT_TRUE(deadline_after(0) >= due);
    EXPECT_OK(coco_close((coco_handle_t)timer));
}

TEST(timer_create, signals_the_process, RULE("timer_create.2"), RULE("timer_create.3"))
{
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, 0, 0));
    int64_t timer =
        timers_make(COCO_CLOCK_REALTIME, COCO_TIMER_PROCESS, SIGNAL_QUEUED, 0x1234567890);
    REQUIRE_TRUE(timer > 0);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, MILLISECONDS, 0));
    EXPECT_TRUE(signals_await(1));
    EXPECT_EQ(signals_caught.info[0].signal, SIGNAL_QUEUED);
    EXPECT_EQ(signals_caught.info[0].code, COCO_SIGNAL_FROM_TIMER);
    EXPECT_EQ(signals_caught.info[0].value, 0x1234567890);
    EXPECT_EQ(signals_caught.info[0].vector, 77);
    EXPECT_EQ(signals_caught.info[0].status, 0);
    EXPECT_OK(coco_close((coco_handle_t)timer));
    signals_reset();
}

/* Only the thread that is named takes the signal, however long the others could. */
static volatile uint32_t stop;
static uint64_t other_id;

static void other_thread(void *unused)
{
    (void)unused;
    other_id = (uint64_t)coco_thread_id();
    (void)coco_futex_wake((const void *)(uintptr_t)&other_id, 1);
    while (__atomic_load_n(&stop, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
}

static uint64_t caught_by;

static void note_thread(struct coco_signal_frame *frame)
{
    (void)frame;
    __atomic_store_n(&caught_by, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
}

TEST(timer_create, signals_a_thread, RULE("timer_create.2"))
{
    struct thread thread;
    signals_reset();
    signals_hook = note_thread;
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    stop = 0;
    other_id = 0;
    caught_by = 0;
    REQUIRE_OK(thread_start(&thread, other_thread, NULL));
    while (*(volatile uint64_t *)&other_id == 0) {
        (void)coco_thread_yield();
    }
    const struct coco_timer_options options = {.clock = COCO_CLOCK_MONOTONIC,
                                               .notify = COCO_TIMER_THREAD,
                                               .signal = SIGNAL_ONE,
                                               .thread = other_id};
    int64_t timer = coco_timer_create(&options);
    EXPECT_TRUE(timer > 0);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, MILLISECONDS, 0));
    EXPECT_TRUE(signals_await(1));
    while (__atomic_load_n(&caught_by, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield(); /* it is in the handler */
    }
    EXPECT_EQ(caught_by, other_id);
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    EXPECT_OK(thread_join(&thread));
    /* A thread that has ended takes no signal: nothing happens. */
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 1, MILLISECONDS));
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_EQ(signals_caught.count, 1);
    EXPECT_OK(coco_close((coco_handle_t)timer));
    EXPECT_ERROR(coco_timer_create(&options), INVAL);
    signals_reset();
}

TEST(timer_create, overruns_are_counted, RULE("timer_create.3"), RULE("timer_create.4"),
     RULE("timer_get.3"))
{
    struct coco_signal_info info;
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(SIGNAL_QUEUED));
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, SIGNAL_QUEUED, 0);
    REQUIRE_TRUE(timer > 0);
    uint64_t start = deadline_after(0);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, MILLISECONDS, MILLISECONDS));
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS)); /* from when it was set */
    EXPECT_EQ(coco_signal_wait(SIGNAL_BIT(SIGNAL_QUEUED), deadline_after(60 * SECONDS), &info),
              SIGNAL_QUEUED);
    uint64_t passed = deadline_after(0) - start;
    EXPECT_TRUE(info.status >= 18 && info.status <= passed / MILLISECONDS);
    EXPECT_EQ(timers_get((coco_handle_t)timer, 0).overruns, info.status);
    /* It goes on, and only one signal waits. */
    EXPECT_EQ(coco_signal_wait(SIGNAL_BIT(SIGNAL_QUEUED), deadline_after(60 * SECONDS), &info),
              SIGNAL_QUEUED);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 0, 0));
    (void)coco_signal_wait(SIGNAL_BIT(SIGNAL_QUEUED), 0, &info);
    EXPECT_ERROR(coco_signal_wait(SIGNAL_BIT(SIGNAL_QUEUED), 0, &info), AGAIN);
    EXPECT_OK(coco_close((coco_handle_t)timer));
    signals_reset();
}

/* However short the interval, others go on. */
TEST(timer_create, shortest_interval, RULE("timer_create.4"), RULE("timer_set.2"))
{
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, SIGNAL_ONE, 0);
    int64_t ignored = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, SIGNAL_OTHER, 0);
    REQUIRE_TRUE(timer > 0 && ignored > 0);
    EXPECT_OK(signals_set(SIGNAL_OTHER, COCO_SIGNAL_IGNORE));
    EXPECT_OK(timers_set((coco_handle_t)ignored, 0, 1, 1));
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 1, 1));
    EXPECT_TRUE(signals_await(20));
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 0, 0));
    EXPECT_OK(coco_close((coco_handle_t)timer));
    EXPECT_OK(signals_set(SIGNAL_ONE, COCO_SIGNAL_IGNORE)); /* what waits of it goes away */
    /* Once the other one is not ignored any more, it comes; its default would end the process. */
    uint32_t before = __atomic_load_n(&signals_caught.count, __ATOMIC_ACQUIRE);
    EXPECT_OK(signals_catch(SIGNAL_OTHER, 0, 0));
    EXPECT_TRUE(signals_await(before + 1));
    EXPECT_OK(coco_close((coco_handle_t)ignored));
    signals_reset();
}

TEST(timer_create, processor_time, RULE("timer_create.5"))
{
    static const uint32_t clocks[] = {COCO_CLOCK_THREAD, COCO_CLOCK_PROCESS};
    for (size_t i = 0; i < 2; i++) {
        int64_t timer = timers_make(clocks[i], COCO_TIMER_NOTHING, 0, 0);
        REQUIRE_TRUE(timer > 0);
        int64_t start = coco_clock_get(clocks[i]);
        EXPECT_OK(timers_set((coco_handle_t)timer, 0, 20 * MILLISECONDS, 0));
        (void)coco_sleep_until(deadline_after(25 * MILLISECONDS));
        EXPECT_TRUE(!timers_readable((coco_handle_t)timer, 0) ||
                    coco_clock_get(clocks[i]) - start >= (int64_t)(20 * MILLISECONDS));
        /* It is looked at while it computes; where the machine is held up, later. */
        for (int part = 0; part < 1000 && !timers_readable((coco_handle_t)timer, 0); part++) {
            timers_compute(10 * MILLISECONDS);
        }
        EXPECT_TRUE(timers_readable((coco_handle_t)timer, 0));
        EXPECT_TRUE(coco_clock_get(clocks[i]) - start >= (int64_t)(20 * MILLISECONDS));
        EXPECT_OK(coco_close((coco_handle_t)timer));
    }
}

TEST(timer_create, bad_options, RULE("timer_create.6"), RULE("timer_create.EINVAL"))
{
    const struct coco_timer_options bad[] = {
        {.clock = 4},
        {.clock = UINT32_MAX},
        {.notify = 3},
        {.notify = COCO_TIMER_PROCESS, .signal = 0},
        {.notify = COCO_TIMER_PROCESS, .signal = COCO_SIGNAL_MAX + 1},
        {.notify = COCO_TIMER_THREAD, .signal = SIGNAL_ONE, .thread = UINT64_MAX},
        {.reserved = 1},
    };
    coco_handle_t next = scratch_next_handle();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_ERROR(coco_timer_create(&bad[i]), INVAL);
    }
    EXPECT_EQ(scratch_next_handle(), next);
}

TEST(timer_create, limit, RULE("timer_create.7"), RULE("timer_create.EAGAIN"))
{
    static coco_handle_t timers[COCO_TIMER_MAX];
    for (size_t i = 0; i < COCO_TIMER_MAX; i++) {
        int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
        REQUIRE_TRUE(timer > 0);
        timers[i] = (coco_handle_t)timer;
        EXPECT_OK(timers_set(timers[i], 0, i % 2 == 0 ? 1 : 100 * SECONDS, 0));
    }
    EXPECT_ERROR(timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0), AGAIN);
    for (size_t i = 0; i < COCO_TIMER_MAX; i += 2) {
        EXPECT_TRUE(timers_readable(timers[i], 1));
    }
    for (size_t i = 0; i < COCO_TIMER_MAX; i++) {
        EXPECT_OK(coco_close(timers[i]));
    }
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    EXPECT_TRUE(timer > 0);
    EXPECT_OK(coco_close((coco_handle_t)timer));
}

TEST(timer_create, full_table, RULE("timer_create.EMFILE"))
{
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_ERROR(timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0), MFILE);
    scratch_close_handles(full.first, full.last);
}

/* A closed timer does not expire; one that is waited for meanwhile says so. */
static void close_later(void *argument)
{
    (void)coco_sleep_until(deadline_after(3 * MILLISECONDS));
    EXPECT_OK(coco_close(*(coco_handle_t *)argument));
}

TEST(timer_create, closed, RULE("timer_create.8"))
{
    struct thread thread;
    int64_t made = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_TRUE(made > 0);
    coco_handle_t handle = (coco_handle_t)made;
    REQUIRE_OK(thread_start(&thread, close_later, &handle));
    struct coco_poll entry = {.handle = handle, .wanted = COCO_EVENT_READ};
    EXPECT_EQ(coco_object_poll(&entry, 1, deadline_after(60 * SECONDS)), 1);
    EXPECT_TRUE(entry.returned == COCO_EVENT_HANGUP || entry.returned == COCO_EVENT_INVALID);
    EXPECT_OK(thread_join(&thread));
}

TEST(timer_create, closed_does_not_expire, RULE("timer_create.8"))
{
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, SIGNAL_ONE, 0);
    REQUIRE_TRUE(timer > 0);
    uint64_t due = deadline_after(200 * MILLISECONDS);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 200 * MILLISECONDS, MILLISECONDS));
    EXPECT_OK(coco_close((coco_handle_t)timer));
    bool in_time = deadline_after(0) < due;
    (void)coco_sleep_until(due + 10 * MILLISECONDS);
    EXPECT_TRUE(!in_time || signals_caught.count == 0);
    signals_reset();
}

/* A signal that waits outlives its timer. */
TEST(timer_create, signal_outlives_timer, RULE("timer_create.8"))
{
    struct coco_signal_info info;
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(SIGNAL_QUEUED));
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, SIGNAL_QUEUED, 9);
    REQUIRE_TRUE(timer > 0);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 1, 1));
    while ((coco_signal_pending() & (int64_t)SIGNAL_BIT(SIGNAL_QUEUED)) == 0) {
        (void)coco_thread_yield();
    }
    EXPECT_OK(coco_close((coco_handle_t)timer));
    EXPECT_EQ(coco_signal_wait(SIGNAL_BIT(SIGNAL_QUEUED), 0, &info), SIGNAL_QUEUED);
    EXPECT_EQ(info.value, 9);
    EXPECT_ERROR(coco_signal_wait(SIGNAL_BIT(SIGNAL_QUEUED), 0, &info), AGAIN);
    signals_reset();
}
