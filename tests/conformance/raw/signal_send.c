// SPDX-License-Identifier: MIT
// Tests of `signal_send`, `signal_send_id` and what they share.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "events.h"
#include "signals.h"

/* A child that catches `signal` by now. */
static int64_t catcher(const char *signal)
{
    const struct coco_spawn_handle ready = {
        .handle = event_made(0), .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9};
    int64_t process = child_spawn(&(struct child){
        .arguments = {"signal_caught", signal}, .handles = &ready, .handle_count = 1});
    EXPECT_TRUE(process > 0);
    EXPECT_EQ(coco_event_wait(ready.handle, 1, 0, deadline_after(60 * SECONDS)), 1);
    EXPECT_OK(coco_close(ready.handle));
    return process;
}

TEST(signal_send, handler_in_a_child, RULE("signal_send.1"))
{
    struct coco_exit_status status;
    int64_t process = catcher("30");
    REQUIRE_TRUE(process > 0);
    EXPECT_OK(coco_signal_send((coco_handle_t)process, 30, 0, 0));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 130);
}

struct receiver {
    struct thread thread;
    uint64_t block;
    uint32_t ready; /* atomic */
    uint32_t end;   /* atomic */
};

static void receive(void *argument)
{
    struct receiver *receiver = argument;
    (void)coco_signal_mask(COCO_SIGNAL_SET, receiver->block);
    __atomic_store_n(&receiver->ready, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&receiver->end, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(&receiver->end, 0, deadline_after(60 * SECONDS));
    }
}

static void stop(struct receiver *receiver)
{
    __atomic_store_n(&receiver->end, 1, __ATOMIC_RELEASE);
    (void)coco_futex_wake(&receiver->end, 1);
    EXPECT_OK(thread_join(&receiver->thread));
}

TEST(signal_send, any_thread_that_takes_it, RULE("signal_send.1"))
{
    const uint64_t self = (uint64_t)coco_process_id();
    struct receiver receiver = {.block = 0};
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_OK(coco_signal_send_id(self, SIGNAL_ONE, 0, 0)); /* nobody takes it: it waits */
    EXPECT_EQ(signals_caught.count, 0);
    REQUIRE_OK(thread_start(&receiver.thread, receive, &receiver)); /* takes what waits */
    EXPECT_TRUE(signals_await(1));
    for (uint32_t i = 2; i < 30; i++) {
        EXPECT_OK(coco_signal_send_id(self, SIGNAL_ONE, 0, 0));
        EXPECT_TRUE(signals_await(i));
    }
    stop(&receiver);
    signals_reset();
}

TEST(signal_send, one_or_all_wait, RULE("signal_send.2"))
{
    const uint64_t self = (uint64_t)coco_process_id();
    const uint64_t set =
        SIGNAL_BIT(SIGNAL_ONE) | SIGNAL_BIT(SIGNAL_QUEUED) | SIGNAL_BIT(SIGNAL_QUEUED + 1);
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, set));
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, 0, set));
    EXPECT_OK(signals_catch(SIGNAL_QUEUED + 1, 0, set));
    (void)coco_signal_mask(COCO_SIGNAL_SET, set);
    for (uint64_t i = 0; i < 5; i++) {
        EXPECT_OK(coco_signal_send_id(self, SIGNAL_QUEUED + 1, 10 + i, COCO_SIGNAL_QUEUE));
        EXPECT_OK(coco_signal_send_id(self, SIGNAL_QUEUED, 20 + i, COCO_SIGNAL_QUEUE));
        EXPECT_OK(coco_signal_send_id(self, SIGNAL_ONE, 30 + i, 0));
    }
    (void)coco_signal_mask(COCO_SIGNAL_SET, 0);
    REQUIRE_EQ(signals_caught.count, 11);
    EXPECT_EQ(signals_caught.info[0].signal, SIGNAL_ONE);
    EXPECT_EQ(signals_caught.info[0].value, 30);
    for (uint64_t i = 0; i < 5; i++) {
        EXPECT_EQ(signals_caught.info[1 + i].signal, SIGNAL_QUEUED);
        EXPECT_EQ(signals_caught.info[1 + i].value, 20 + i);
        EXPECT_EQ(signals_caught.info[1 + i].code, COCO_SIGNAL_FROM_QUEUE);
        EXPECT_EQ(signals_caught.info[6 + i].value, 10 + i);
    }
    signals_reset();
}

TEST(signal_send, queue_is_bounded, RULE("signal_send.3"), RULE("signal_send.EAGAIN"),
     RULE("signal_send_id.EAGAIN"), RULE("signal_send_thread.EAGAIN"))
{
    const uint64_t self = (uint64_t)coco_process_id();
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_QUEUED, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_SET, SIGNAL_BIT(SIGNAL_QUEUED));
    for (uint64_t i = 0; i < COCO_SIGNAL_QUEUE_MAX; i++) {
        REQUIRE_OK(coco_signal_send_id(self, SIGNAL_QUEUED, i, COCO_SIGNAL_QUEUE));
    }
    EXPECT_ERROR(coco_signal_send_id(self, SIGNAL_QUEUED, 1, COCO_SIGNAL_QUEUE), AGAIN);
    EXPECT_ERROR(coco_signal_send_thread(0, SIGNAL_QUEUED, 1, COCO_SIGNAL_QUEUE), AGAIN);
    signals_reset();
}

TEST(signal_send, kill, RULE("signal_send.4"))
{
    struct coco_exit_status status;
    int64_t process = child_spawn(&(struct child){.arguments = {"spin"}});
    REQUIRE_TRUE(process > 0);
    EXPECT_OK(coco_signal_send((coco_handle_t)process, COCO_SIGNAL_KILL, 0, 0));
    EXPECT_OK(coco_process_wait((coco_handle_t)process, deadline_after(60 * SECONDS), &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    EXPECT_EQ(status.code, COCO_SIGNAL_KILL);
    EXPECT_OK(coco_signal_send((coco_handle_t)process, 15, 0, 0));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, COCO_SIGNAL_KILL);
}

TEST(signal_send, numbers, RULE("signal_send.5"), RULE("signal_send.EINVAL"))
{
    struct coco_exit_status status;
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "20000"}});
    REQUIRE_TRUE(process > 0);
    EXPECT_OK(coco_signal_send((coco_handle_t)process, 0, 0, 0));
    EXPECT_ERROR(coco_signal_send((coco_handle_t)process, COCO_SIGNAL_MAX + 1, 0, 0), INVAL);
    EXPECT_ERROR(coco_signal_send((coco_handle_t)process, UINT32_MAX, 0, 0), INVAL);
    EXPECT_OK(coco_signal_send((coco_handle_t)process, 15, 0, 0));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 15);
}

/* The end of a child is a signal to the process that started it. */
TEST(signal_send, child_ends, RULE("signal_send.1"))
{
    signals_reset();
    EXPECT_OK(signals_catch(COCO_SIGNAL_CHILD, COCO_SIGNAL_RESTART, 0));
    int64_t process = child_spawn(&(struct child){.arguments = {"process_exit", "5"}});
    REQUIRE_TRUE(process > 0);
    int64_t id = coco_process_handle_id((coco_handle_t)process);
    EXPECT_TRUE(signals_await(1));
    EXPECT_EQ(signals_caught.info[0].code, COCO_SIGNAL_FROM_CHILD);
    EXPECT_EQ(signals_caught.info[0].sender, id);
    EXPECT_EQ(signals_caught.info[0].reason, COCO_EXIT_CODE);
    EXPECT_EQ(signals_caught.info[0].status, 5);
    struct coco_exit_status status;
    EXPECT_OK(coco_process_wait((coco_handle_t)process, 0, &status)); /* it has ended already */
    EXPECT_OK(coco_close((coco_handle_t)process));
    signals_reset();
}
