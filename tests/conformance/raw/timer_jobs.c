// SPDX-License-Identifier: MIT
// Timers whose signals stop and continue.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"
#include "signals.h"
#include "timers.h"

static int64_t wait_for(uint64_t id, uint32_t events, struct coco_child *child)
{
    return coco_process_wait_child(COCO_CHILD_ID, id, events, deadline_after(60 * SECONDS), child);
}

#define PERIOD (400 * MILLISECONDS)

/* One timer stops the process, another one lets it go on, again and again: so it does not matter if
   the parent comes too late for the first times. Computes until a signal is caught. */
static uint32_t stop_and_continue(void *unused)
{
    (void)unused;
    signals_reset();
    int64_t stop = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, COCO_SIGNAL_STOP, 0);
    int64_t go_on = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, COCO_SIGNAL_CONTINUE, 0);
    if (stop < 0 || go_on < 0 || signals_catch(SIGNAL_ONE, 0, 0) != 0 ||
        timers_set((coco_handle_t)go_on, 0, PERIOD, PERIOD) != 0 ||
        timers_set((coco_handle_t)stop, 0, PERIOD / 2, PERIOD) != 0) {
        return 1;
    }
    while (__atomic_load_n(&signals_caught.count, __ATOMIC_ACQUIRE) == 0) {
    }
    return 10;
}

TEST(timer_create, stops_and_continues, RULE("timer_create.2"))
{
    struct coco_child child;
    uint64_t id = fork_listed(stop_and_continue, NULL);
    for (int round = 0; round < 2; round++) {
        EXPECT_EQ(wait_for(id, COCO_WAIT_STOPPED | COCO_WAIT_ENDED, &child), id);
        EXPECT_EQ(child.status.reason, COCO_EXIT_STOPPED);
        EXPECT_EQ(child.status.code, COCO_SIGNAL_STOP);
        EXPECT_EQ(wait_for(id, COCO_WAIT_CONTINUED | COCO_WAIT_ENDED, &child), id);
        EXPECT_EQ(child.status.reason, COCO_EXIT_CONTINUED);
    }
    EXPECT_OK(coco_signal_send_id(id, SIGNAL_ONE, 0, 0));
    EXPECT_EQ(wait_for(id, COCO_WAIT_ENDED, &child), id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(child.status.code, 10);
}

TEST(timer_create, continue_is_caught, RULE("timer_create.2"), RULE("timer_create.3"),
     RULE("timer_create.4"))
{
    struct coco_signal_info info;
    signals_reset();
    EXPECT_OK(signals_catch(COCO_SIGNAL_CONTINUE, 0, 0));
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, COCO_SIGNAL_CONTINUE, 5);
    REQUIRE_TRUE(timer > 0);
    uint64_t first = deadline_after(0);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, MILLISECONDS, MILLISECONDS));
    EXPECT_TRUE(signals_await(3));
    EXPECT_EQ(signals_caught.info[0].code, COCO_SIGNAL_FROM_TIMER);
    EXPECT_EQ(signals_caught.info[0].value, 5);
    /* Blocked, what it missed is counted. */
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(COCO_SIGNAL_CONTINUE));
    (void)coco_signal_wait(SIGNAL_BIT(COCO_SIGNAL_CONTINUE), 0, &info);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, MILLISECONDS, MILLISECONDS));
    uint64_t set = deadline_after(0);
    (void)coco_sleep_until(set + 20 * MILLISECONDS);
    EXPECT_EQ(
        coco_signal_wait(SIGNAL_BIT(COCO_SIGNAL_CONTINUE), deadline_after(60 * SECONDS), &info),
        COCO_SIGNAL_CONTINUE);
    uint64_t end = deadline_after(0);
    /* Expirations from before it was set anew may still have been on their way. */
    EXPECT_TRUE(info.status >= 18 && info.status <= (end - first) / MILLISECONDS);
    EXPECT_OK(coco_close((coco_handle_t)timer));
    signals_reset();
}

/* Without a handler the signal does nothing, and comes on however often. */
TEST(timer_create, continue_is_ignored, RULE("timer_create.4"), RULE("timer_create.8"))
{
    signals_reset();
    int64_t timer = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, COCO_SIGNAL_CONTINUE, 0);
    REQUIRE_TRUE(timer > 0);
    EXPECT_OK(timers_set((coco_handle_t)timer, 0, 1, 1));
    (void)coco_sleep_until(deadline_after(30 * MILLISECONDS));
    EXPECT_OK(signals_catch(COCO_SIGNAL_CONTINUE, 0, 0));
    EXPECT_TRUE(signals_await(5));
    EXPECT_OK(coco_close((coco_handle_t)timer));
    signals_reset();
}
