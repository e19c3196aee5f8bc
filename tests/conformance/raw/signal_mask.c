// SPDX-License-Identifier: MIT
// Tests of `signal_mask`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "signals.h"

TEST(signal_mask, how, RULE("signal_mask.1"), RULE("signal_mask.EINVAL"))
{
    signals_reset();
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, 0x60), 0);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_BLOCK, 0x90), 0x60);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_UNBLOCK, 0x50), 0xf0);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_BLOCK, 0), 0xa0);
    EXPECT_ERROR(coco_signal_mask(3, 0), INVAL);
    EXPECT_ERROR(coco_signal_mask(UINT32_MAX, 0), INVAL);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_BLOCK, 0), 0xa0);
    signals_reset();
}

TEST(signal_mask, some_are_never_blocked, RULE("signal_mask.2"))
{
    const uint64_t never = SIGNAL_BIT(COCO_SIGNAL_KILL) | SIGNAL_BIT(COCO_SIGNAL_STOP) | 1;
    signals_reset();
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, UINT64_MAX), 0);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, 0), (int64_t)~never);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_BLOCK, never), 0);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, 0), 0);
}

TEST(signal_mask, blocked_signals_wait, RULE("signal_mask.2"))
{
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(signals_caught.count, 0);
    (void)coco_signal_mask(COCO_SIGNAL_UNBLOCK, SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_EQ(signals_caught.count, 1); /* before the call that unblocks returns */
    signals_reset();
}

static int64_t blocked_in_thread;

static void look(void *unused)
{
    (void)unused;
    blocked_in_thread = coco_signal_mask(COCO_SIGNAL_SET, 0);
}

TEST(signal_mask, threads_inherit, RULE("signal_mask.3"))
{
    struct thread thread;
    signals_reset();
    (void)coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(41));
    REQUIRE_OK(thread_start(&thread, look, NULL));
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(blocked_in_thread, SIGNAL_BIT(41));
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_SET, 0), SIGNAL_BIT(41)); /* its own set stays */
}
