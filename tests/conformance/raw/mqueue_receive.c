// SPDX-License-Identifier: MIT
// Tests of `mqueue_receive`, and of the events of queues.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "queues.h"
#include "signals.h"

TEST(mqueue_receive, refusals, RULE("mqueue_receive.2"), RULE("mqueue_receive.3"),
     RULE("mqueue_receive.EMSGSIZE"), RULE("mqueue_receive.EAGAIN"),
     RULE("mqueue_receive.ETIMEDOUT"))
{
    char text[8];
    uint8_t *edge = memory_edge(1);
    coco_handle_t queue = queue_make(2, 8, 0);
    REQUIRE_TRUE(edge != NULL);
    EXPECT_ERROR(coco_mqueue_receive(queue, text, 7, 0), MSGSIZE);
    EXPECT_ERROR(coco_mqueue_receive(queue, text, 8, 0), TIMEDOUT);
    uint64_t until = deadline_after(10 * MILLISECONDS);
    EXPECT_ERROR(coco_mqueue_receive(queue, text, 8, until), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= until);
    EXPECT_OK(queue_send(queue, "abcdefgh", 1));
    EXPECT_ERROR(coco_mqueue_receive(queue, (void *)(uintptr_t)UNMAPPED_ADDRESS, 8, 0), FAULT);
    EXPECT_ERROR(coco_mqueue_receive(queue, edge - 4, 8, 0), FAULT);
    EXPECT_EQ(coco_mqueue_receive(queue, text, 8, 0), 1ll << 32 | 8);
    EXPECT_EQ(coco_file_status_flags(queue, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_ERROR(coco_mqueue_receive(queue, text, 8, COCO_FOREVER), AGAIN);
    memory_edge_free(edge, 1);
    queue_remove(queue);
}

static uint32_t events(coco_handle_t queue)
{
    struct coco_poll entry = {.handle = queue, .wanted = COCO_EVENT_READ | COCO_EVENT_WRITE};
    EXPECT_TRUE(coco_object_poll(&entry, 1, 0) >= 0);
    return entry.returned;
}

TEST(mqueue_receive, events, RULE("object_poll.3"))
{
    char text[8];
    coco_handle_t queue = queue_make(1, 8, 0);
    EXPECT_EQ(events(queue), COCO_EVENT_WRITE);
    EXPECT_OK(queue_send(queue, "x", 0));
    EXPECT_EQ(events(queue), COCO_EVENT_READ);
    EXPECT_EQ(coco_mqueue_receive(queue, text, 8, 0), 1);
    EXPECT_EQ(events(queue), COCO_EVENT_WRITE);
    queue_remove(queue);
}

struct receiver {
    struct thread thread;
    coco_handle_t queue;
    int64_t result;
};

static void receive_one(void *argument)
{
    struct receiver *receiver = argument;
    char text[8];
    receiver->result = coco_mqueue_receive(receiver->queue, text, 8, COCO_FOREVER);
}

TEST(mqueue_receive, waits, RULE("mqueue_receive.3"))
{
    coco_handle_t queue = queue_make(1, 8, 0);
    struct receiver receiver = {.queue = queue};
    REQUIRE_OK(thread_start(&receiver.thread, receive_one, &receiver));
    EXPECT_OK(coco_sleep_until(deadline_after(5 * MILLISECONDS)));
    EXPECT_OK(queue_send(queue, "abc", 2));
    EXPECT_OK(thread_join(&receiver.thread));
    EXPECT_EQ(receiver.result, 2ll << 32 | 3);
    queue_remove(queue);
}

TEST(mqueue_receive, interrupted, RULE("mqueue_receive.EINTR"))
{
    coco_handle_t queue = queue_make(1, 8, 0);
    struct receiver receiver = {.queue = queue};
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    REQUIRE_OK(thread_start(&receiver.thread, receive_one, &receiver));
    signals_interrupt(SIGNAL_ONE, &receiver.thread);
    EXPECT_ERROR(receiver.result, INTR);
    signals_reset();
    queue_remove(queue);
}
