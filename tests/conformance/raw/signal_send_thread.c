// SPDX-License-Identifier: MIT
// Tests of `signal_send_thread`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "signals.h"

static uint64_t taken_by; /* atomic */
static uint64_t other_id; /* atomic */
static uint32_t end;      /* atomic */

static void note_thread(struct coco_signal_frame *frame)
{
    (void)frame;
    __atomic_store_n(&taken_by, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
}

static void run(void *unused)
{
    (void)unused;
    __atomic_store_n(&other_id, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    while (__atomic_load_n(&end, __ATOMIC_ACQUIRE) == 0) {
        __asm__ volatile("pause"); /* no call: the signal has to come by itself */
    }
}

TEST(signal_send_thread, that_thread_only, RULE("signal_send_thread.2"),
     RULE("signal_send_thread.1"), RULE("signal_send_thread.ENOTFOUND"))
{
    struct thread thread;
    signals_reset();
    other_id = 0;
    end = 0;
    signals_hook = note_thread;
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    REQUIRE_OK(thread_start(&thread, run, NULL));
    while (__atomic_load_n(&other_id, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    EXPECT_OK(coco_signal_send_thread(other_id, 0, 0, 0));
    EXPECT_EQ(signals_caught.count, 0);
    for (uint32_t i = 1; i < 20; i++) {
        __atomic_store_n(&taken_by, 0, __ATOMIC_RELEASE);
        EXPECT_OK(coco_signal_send_thread(other_id, SIGNAL_ONE, i, 0));
        EXPECT_TRUE(signals_await(i));
        while (__atomic_load_n(&taken_by, __ATOMIC_ACQUIRE) == 0) {
            (void)coco_thread_yield(); /* the handler is between counting and noting */
        }
        EXPECT_EQ(taken_by, other_id);
    }
    EXPECT_OK(coco_signal_send_thread((uint64_t)coco_thread_id(), SIGNAL_ONE, 0, 0));
    EXPECT_EQ(taken_by, coco_thread_id());
    __atomic_store_n(&end, 1, __ATOMIC_RELEASE);
    EXPECT_OK(thread_join(&thread));
    EXPECT_ERROR(coco_signal_send_thread(other_id, SIGNAL_ONE, 0, 0), NOTFOUND);
    EXPECT_ERROR(coco_signal_send_thread(UINT64_MAX, 0, 0, 0), NOTFOUND);
    signals_reset();
}

TEST(signal_send_thread, as_signal_send, RULE("signal_send_thread.3"),
     RULE("signal_send_thread.EINVAL"))
{
    struct coco_exit_status status;
    signals_reset();
    EXPECT_ERROR(coco_signal_send_thread(0, COCO_SIGNAL_MAX + 1, 0, 0), INVAL);
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(SIGNAL_QUEUED));
    EXPECT_OK(coco_signal_send_thread(0, SIGNAL_QUEUED, 1, COCO_SIGNAL_QUEUE));
    EXPECT_OK(coco_signal_send_thread(0, SIGNAL_QUEUED, 2, COCO_SIGNAL_QUEUE));
    (void)coco_signal_mask(COCO_SIGNAL_SET, 0);
    EXPECT_EQ(signals_caught.count, 2);
    EXPECT_EQ(signals_caught.info[0].value + 256 * signals_caught.info[1].value, 1 + 256 * 2);
    REQUIRE(child_run(&(struct child){.arguments = {"signal_self", "9"}}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    signals_reset();
}
