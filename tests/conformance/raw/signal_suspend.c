// SPDX-License-Identifier: MIT
// Tests of `signal_suspend`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "signals.h"
#include "turns.h"

TEST(signal_suspend, takes_what_waits, RULE("signal_suspend.1"), RULE("signal_suspend.EINTR"))
{
    const uint64_t set = SIGNAL_BIT(SIGNAL_ONE) | SIGNAL_BIT(50);
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, COCO_SIGNAL_RESTART, 0)); /* makes no difference */
    (void)coco_signal_mask(COCO_SIGNAL_SET, set);
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    EXPECT_ERROR(coco_signal_suspend(SIGNAL_BIT(51)), INTR);
    EXPECT_EQ(signals_caught.count, 1);
    EXPECT_EQ(signals_caught.blocked, SIGNAL_BIT(51) | SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_EQ(signals_caught.mask, set);
    EXPECT_EQ(coco_signal_mask(COCO_SIGNAL_BLOCK, 0), (int64_t)set);
    signals_reset();
}

static uint64_t main_id;

static void send_two(void *unused)
{
    (void)unused; /* it begins once the other one waits */
    EXPECT_OK(coco_signal_send_thread(main_id, COCO_SIGNAL_CHILD, 0, 0)); /* does nothing */
    EXPECT_OK(coco_signal_send_thread(main_id, SIGNAL_OTHER, 0, 0));      /* stays blocked */
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_OK(coco_signal_send_thread(main_id, SIGNAL_ONE, 0, 0));
}

TEST(signal_suspend, waits, RULE("signal_suspend.1"))
{
    struct thread thread;
    signals_reset();
    main_id = (uint64_t)coco_thread_id();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    EXPECT_OK(signals_catch(SIGNAL_OTHER, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(SIGNAL_ONE));
    turns_begin();
    EXPECT_OK(thread_start(&thread, send_two, NULL));
    EXPECT_ERROR(coco_signal_suspend(SIGNAL_BIT(SIGNAL_OTHER)), INTR);
    /* Unblocked again afterwards, so that the other one comes as well. */
    EXPECT_EQ(signals_caught.count, 2);
    EXPECT_EQ(signals_caught.info[0].signal, SIGNAL_ONE);
    EXPECT_OK(thread_join(&thread));
    turns_end();
    signals_reset();
}
