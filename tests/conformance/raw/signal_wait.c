// SPDX-License-Identifier: MIT
// Tests of `signal_wait`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "signals.h"
#include "turns.h"

#define SET (SIGNAL_BIT(SIGNAL_ONE) | SIGNAL_BIT(SIGNAL_QUEUED))

TEST(signal_wait, takes_the_lowest, RULE("signal_wait.1"))
{
    struct coco_signal_info info;
    signals_reset();
    (void)coco_signal_mask(COCO_SIGNAL_SET, SET);
    EXPECT_OK(coco_signal_send_thread(0, SIGNAL_QUEUED, 8, COCO_SIGNAL_QUEUE));
    EXPECT_OK(coco_signal_send_thread(0, SIGNAL_QUEUED, 9, COCO_SIGNAL_QUEUE));
    EXPECT_OK(coco_signal_send_thread(0, SIGNAL_ONE, 7, 0));
    EXPECT_EQ(coco_signal_wait(SET, 0, &info), SIGNAL_ONE);
    EXPECT_EQ(info.value, 7);
    EXPECT_EQ(coco_signal_wait(SET, COCO_FOREVER, &info), SIGNAL_QUEUED);
    EXPECT_EQ(info.value, 8);
    EXPECT_EQ(coco_signal_wait(SET, COCO_FOREVER, &info), SIGNAL_QUEUED);
    EXPECT_EQ(info.value, 9);
    EXPECT_EQ(coco_signal_pending(), 0);
    signals_reset();
}

TEST(signal_wait, deadline, RULE("signal_wait.2"), RULE("signal_wait.EAGAIN"))
{
    struct coco_signal_info info;
    signals_reset();
    EXPECT_ERROR(coco_signal_wait(SET, 0, &info), AGAIN);
    uint64_t deadline = deadline_after(10 * MILLISECONDS);
    EXPECT_ERROR(coco_signal_wait(SET, deadline, &info), AGAIN);
    EXPECT_TRUE(deadline_after(0) >= deadline);
    EXPECT_ERROR(coco_signal_wait(0, 0, &info), AGAIN);
    EXPECT_ERROR(coco_signal_wait(UINT64_MAX, 0, &info), AGAIN);
}

static uint64_t main_id;
static uint32_t to_send;

static void send_later(void *unused)
{
    (void)unused; /* it begins once the other one waits */
    EXPECT_OK(to_send == SIGNAL_ONE
                  ? coco_signal_send_id((uint64_t)coco_process_id(), to_send, 3, 0)
                  : coco_signal_send_thread(main_id, to_send, 3, 0));
}

static int64_t wait_for(uint32_t signal)
{
    struct coco_signal_info info = {0};
    struct thread thread;
    main_id = (uint64_t)coco_thread_id();
    to_send = signal;
    turns_begin();
    EXPECT_OK(thread_start(&thread, send_later, NULL));
    int64_t result = coco_signal_wait(SET, deadline_after(60 * SECONDS), &info);
    EXPECT_OK(thread_join(&thread));
    turns_end();
    EXPECT_TRUE(result != SIGNAL_ONE || info.value == 3);
    return result;
}

TEST(signal_wait, waits, RULE("signal_wait.2"))
{
    signals_reset();
    (void)coco_signal_mask(COCO_SIGNAL_SET, SET); /* the sender inherits it */
    EXPECT_EQ(wait_for(SIGNAL_ONE), SIGNAL_ONE);
    EXPECT_EQ(wait_for(SIGNAL_QUEUED), SIGNAL_QUEUED);
    (void)coco_signal_mask(COCO_SIGNAL_SET, 0);
    EXPECT_EQ(wait_for(SIGNAL_ONE), SIGNAL_ONE); /* the default action does not happen */
    signals_reset();
}

TEST(signal_wait, other_signals_interrupt, RULE("signal_wait.3"), RULE("signal_wait.EINTR"))
{
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_OTHER, COCO_SIGNAL_RESTART, 0));
    EXPECT_ERROR(wait_for(SIGNAL_OTHER), INTR);
    EXPECT_EQ(signals_caught.count, 1);
    signals_reset();
}
