// SPDX-License-Identifier: MIT
// Tests of `event_wait`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "events.h"
#include "signals.h"

TEST(event_wait, only_what_is_wanted, RULE("event_wait.1"), RULE("event_wait.2"))
{
    coco_handle_t event = event_made(0xf0);
    EXPECT_EQ(coco_event_wait(event, 0x3c, 0, 0), 0x30);
    EXPECT_ERROR(coco_event_wait(event, 0x3c, 0, 0), TIMEDOUT);
    EXPECT_EQ(coco_event_wait(event, COCO_EVENT_BITS, 0, 0), 0xc0);
    EXPECT_OK(coco_close(event));
}

TEST(event_wait, kept_bits_stay, RULE("event_wait.2"))
{
    coco_handle_t event = event_made(3);
    EXPECT_EQ(coco_event_wait(event, 1, COCO_EVENT_WAIT_KEEP, 0), 1);
    EXPECT_EQ(coco_event_wait(event, 1, COCO_EVENT_WAIT_KEEP, COCO_FOREVER), 1);
    EXPECT_EQ(event_poll(event, COCO_EVENT_READ), COCO_EVENT_READ);
    EXPECT_EQ(coco_event_wait(event, 3, 0, 0), 3);
    EXPECT_EQ(event_poll(event, COCO_EVENT_READ), 0);
    EXPECT_OK(coco_close(event));
}

/* Each signal is taken once, whoever waits. */
TEST(event_wait, one_takes_it, RULE("event_wait.3"))
{
    struct event_waiter waiters[3];
    coco_handle_t event = event_made(0);
    for (int i = 0; i < 3; i++) {
        waiters[i] = (struct event_waiter){
            .event = event, .bits = 1, .deadline = deadline_after(60 * SECONDS)};
        REQUIRE(event_waiter_start(&waiters[i]));
    }
    for (int ended = 0; ended < 3; ended++) {
        EXPECT_OK(coco_event_signal(event, 1));
        while (event_waiters_ended(waiters, 3) < ended + 1) {
            (void)coco_thread_yield();
        }
        EXPECT_EQ(event_waiters_ended(waiters, 3), ended + 1);
    }
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(event_waiter_end(&waiters[i]), 1);
    }
    EXPECT_ERROR(coco_event_wait(event, 1, 0, 0), TIMEDOUT);
    EXPECT_OK(coco_close(event));
}

TEST(event_wait, deadline_passes, RULE("event_wait.4"), RULE("event_wait.ETIMEDOUT"))
{
    coco_handle_t event = event_made(2);
    uint64_t deadline = deadline_after(5 * MILLISECONDS);
    EXPECT_ERROR(coco_event_wait(event, 1, 0, deadline), TIMEDOUT);
    EXPECT_TRUE((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) >= deadline);
    EXPECT_EQ(coco_event_wait(event, 2, 0, 1), 2); /* what is there needs no time */
    EXPECT_OK(coco_close(event));
}

TEST(event_wait, bad_sets, RULE("event_wait.1"), RULE("event_wait.EINVAL"))
{
    coco_handle_t event = event_made(1);
    EXPECT_ERROR(coco_event_wait(event, 0, 0, 0), INVAL);
    EXPECT_ERROR(coco_event_wait(event, 1ull << 63 | 1, 0, 0), INVAL);
    EXPECT_EQ(coco_event_wait(event, 1, 0, 0), 1);
    EXPECT_OK(coco_close(event));
}

TEST(event_wait, interrupted, RULE("event_wait.6"), RULE("event_wait.EINTR"))
{
    coco_handle_t event = event_made(0);
    struct event_waiter waiter = {.event = event, .bits = 1, .deadline = COCO_FOREVER};
    REQUIRE_OK(signals_catch(SIGNAL_ONE, 0, 0));
    REQUIRE(event_waiter_start(&waiter));
    signals_interrupt(SIGNAL_ONE, &waiter.thread);
    EXPECT_ERROR(waiter.result, INTR);
    signals_reset();
    EXPECT_OK(coco_close(event));
}

/* Beside a timer, a pipe and a process in one wait. */
TEST(event_wait, one_of_several_sources, RULE("event_wait.2"), RULE("object_poll.1"))
{
    struct coco_poll entries[2] = {{.wanted = COCO_EVENT_READ}, {.wanted = COCO_EVENT_READ}};
    const struct coco_timer_setting soon = {.value = MILLISECONDS};
    struct coco_timer_state state;
    int64_t timer = coco_timer_create(&(const struct coco_timer_options){0});
    REQUIRE_TRUE(timer > 0);
    entries[0].handle = event_made(0);
    entries[1].handle = (coco_handle_t)timer;
    EXPECT_OK(coco_timer_set((coco_handle_t)timer, 0, &soon, NULL));
    EXPECT_EQ(coco_object_poll(entries, 2, COCO_FOREVER), 1);
    EXPECT_EQ(entries[1].returned, COCO_EVENT_READ);
    EXPECT_OK(coco_timer_get((coco_handle_t)timer, COCO_TIMER_CONSUME, &state));
    EXPECT_OK(coco_event_signal(entries[0].handle, 1));
    EXPECT_EQ(coco_object_poll(entries, 2, COCO_FOREVER), 1);
    EXPECT_EQ(entries[0].returned, COCO_EVENT_READ);
    EXPECT_EQ(coco_object_poll(entries, 2, COCO_FOREVER), 1); /* a level: it stays until taken */
    EXPECT_EQ(coco_event_wait(entries[0].handle, 1, 0, 0), 1);
    EXPECT_EQ(coco_object_poll(entries, 2, 0), 0);
    EXPECT_OK(coco_close(entries[0].handle));
    EXPECT_OK(coco_close(entries[1].handle));
}
