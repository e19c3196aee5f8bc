// SPDX-License-Identifier: MIT
// Tests of `signal_pending`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "signals.h"

TEST(signal_pending, thread_and_process, RULE("signal_pending.1"))
{
    const uint64_t both = SIGNAL_BIT(SIGNAL_ONE) | SIGNAL_BIT(SIGNAL_QUEUED);
    signals_reset();
    EXPECT_EQ(coco_signal_pending(), 0);
    (void)coco_signal_mask(COCO_SIGNAL_SET, both);
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_EQ(coco_signal_pending(), SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_OK(coco_signal_send_id((uint64_t)coco_process_id(), SIGNAL_QUEUED, 0, 0));
    EXPECT_EQ(coco_signal_pending(), (int64_t)both);
    signals_reset();
    EXPECT_EQ(coco_signal_pending(), 0);
}
