// SPDX-License-Identifier: MIT
// Tests of `object_poll_masked`. What it shares with `object_poll` is tested there.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "pipes.h"
#include "signals.h"

static uint64_t blocked_now(void)
{
    return (uint64_t)coco_signal_mask(COCO_SIGNAL_BLOCK, 0);
}

TEST(object_poll_masked, as_without_a_set, RULE("object_poll_masked.1"),
     RULE("object_poll_masked.EINVAL"))
{
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    struct coco_poll entries[] = {{pipe.reader, COCO_EVENT_READ, 0, 0},
                                  {pipe.writer, COCO_EVENT_WRITE, 0, 0}};
    EXPECT_EQ(coco_object_poll_masked(entries, 2, COCO_FOREVER, SIGNAL_BIT(SIGNAL_ONE)), 1);
    EXPECT_EQ(entries[0].returned, 0);
    EXPECT_EQ(entries[1].returned, COCO_EVENT_WRITE);
    EXPECT_EQ(coco_object_poll_masked(entries, 1, deadline_after(MILLISECONDS), 0), 0);
    EXPECT_EQ(blocked_now(), 0);
    entries[0].reserved = 1;
    EXPECT_ERROR(coco_object_poll_masked(entries, 1, 0, 0), INVAL);
    EXPECT_EQ(blocked_now(), 0);
    pipe_close(&pipe);
}

/* The signal waits before the call: only a set that takes effect together with the wait lets it end
 * the call. */
TEST(object_poll_masked, no_signal_is_missed, RULE("object_poll_masked.1"),
     RULE("object_poll_masked.2"), RULE("object_poll_masked.EINTR"))
{
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    struct coco_poll entry = {pipe.reader, COCO_EVENT_READ, 0, 0};
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(coco_object_poll_masked(&entry, 1, 0, SIGNAL_BIT(SIGNAL_ONE)), 0);
    EXPECT_EQ(signals_caught.count, 0);
    EXPECT_ERROR(coco_object_poll_masked(&entry, 1, COCO_FOREVER, 0), INTR);
    EXPECT_EQ(signals_caught.count, 1);
    EXPECT_EQ(blocked_now(), SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(coco_write(pipe.writer, "x", 1), 1);
    EXPECT_EQ(coco_object_poll_masked(&entry, 1, COCO_FOREVER, 0), 1); /* an object is ready */
    EXPECT_EQ(blocked_now(), SIGNAL_BIT(SIGNAL_ONE));
    signals_reset();
    pipe_close(&pipe);
}

static void send_later(void *id)
{
    (void)coco_sleep_until(deadline_after(10 * MILLISECONDS));
    EXPECT_OK(coco_signal_send_thread(*(uint64_t *)id, SIGNAL_ONE, 0, 0));
}

TEST(object_poll_masked, signals_end_the_wait, RULE("object_poll_masked.2"))
{
    struct thread thread;
    struct pipe_pair pipe;
    uint64_t self = (uint64_t)coco_thread_id();
    REQUIRE(pipe_make(&pipe, 0));
    struct coco_poll entry = {pipe.reader, COCO_EVENT_READ, 0, 0};
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_RESTART, 0));
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(SIGNAL_ONE));
    REQUIRE_OK(thread_start(&thread, send_later, &self));
    EXPECT_ERROR(coco_object_poll_masked(&entry, 1, COCO_FOREVER, 0), INTR);
    EXPECT_EQ(signals_caught.count, 1);
    EXPECT_OK(thread_join(&thread));
    signals_reset();
    pipe_close(&pipe);
}
