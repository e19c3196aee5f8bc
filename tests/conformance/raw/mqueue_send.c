// SPDX-License-Identifier: MIT
// Tests of `mqueue_send`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "queues.h"
#include "signals.h"

static void expect_next(coco_handle_t queue, const char *text, uint32_t priority)
{
    char got[32];
    int64_t result = coco_mqueue_receive(queue, got, sizeof(got), 0);
    EXPECT_EQ(result, (int64_t)((uint64_t)priority << 32 | strlen(text)));
    if (result >= 0) {
        EXPECT_BYTES(got, text, strlen(text));
    }
}

TEST(mqueue_send, priorities, RULE("mqueue_send.1"), RULE("mqueue_receive.1"))
{
    coco_handle_t queue = queue_make(10, 32, 0);
    EXPECT_OK(queue_send(queue, "low", 0));
    EXPECT_OK(queue_send(queue, "middle", 7));
    EXPECT_OK(queue_send(queue, "high", COCO_MQUEUE_PRIORITIES - 1));
    EXPECT_OK(queue_send(queue, "middle too", 7));
    EXPECT_OK(queue_send(queue, "", 0));
    expect_next(queue, "high", COCO_MQUEUE_PRIORITIES - 1);
    expect_next(queue, "middle", 7);
    expect_next(queue, "middle too", 7);
    expect_next(queue, "low", 0);
    expect_next(queue, "", 0);
    queue_remove(queue);
}

TEST(mqueue_send, refusals, RULE("mqueue_send.1"), RULE("mqueue_send.2"),
     RULE("mqueue_send.EINVAL"), RULE("mqueue_send.EMSGSIZE"), RULE("mqueue_send.EAGAIN"),
     RULE("mqueue_send.ETIMEDOUT"))
{
    coco_handle_t queue = queue_make(1, 4, 0);
    EXPECT_ERROR(queue_send(queue, "a", COCO_MQUEUE_PRIORITIES), INVAL);
    EXPECT_ERROR(queue_send(queue, "a", UINT32_MAX), INVAL);
    EXPECT_ERROR(queue_send(queue, "abcde", 0), MSGSIZE);
    EXPECT_ERROR(coco_mqueue_send(queue, (void *)(uintptr_t)UNMAPPED_ADDRESS, 4, 0, 0), FAULT);
    EXPECT_OK(coco_mqueue_send(queue, "abcd", 4, 0, 0)); /* no need to wait */
    EXPECT_ERROR(coco_mqueue_send(queue, "abcd", 4, 0, 0), TIMEDOUT);
    uint64_t until = deadline_after(10 * MILLISECONDS);
    EXPECT_ERROR(coco_mqueue_send(queue, "abcd", 4, 0, until), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= until);
    EXPECT_EQ(coco_file_status_flags(queue, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_ERROR(queue_send(queue, "abcd", 0), AGAIN);
    queue_remove(queue);
}

TEST(mqueue_send, budget, RULE("mqueue_send.3"), RULE("mqueue_send.ENOBUFS"))
{
    static char bytes[COCO_MQUEUE_SIZE_MAX];
    coco_handle_t queues[8];
    int64_t result = 0;
    for (unsigned i = 0; i < 8; i++) {
        queues[i] =
            queue_make(COCO_MQUEUE_MESSAGES_MAX, COCO_MQUEUE_SIZE_MAX, COCO_MQUEUE_OPEN_NONBLOCK);
        EXPECT_OK(coco_file_unlink(QUEUE_PATH, 0));
        while ((result = coco_mqueue_send(queues[i], bytes, sizeof(bytes), 0, 0)) == 0) {
        }
    }
    EXPECT_ERROR(result, NOBUFS);
    for (unsigned i = 0; i < 8; i++) {
        EXPECT_OK(coco_close(queues[i]));
    }
}

struct sender {
    struct thread thread;
    coco_handle_t queue;
    uint32_t mark;
    int64_t result;
};

static void send_one(void *argument)
{
    struct sender *sender = argument;
    sender->result = queue_send(sender->queue, "second", 1);
}

TEST(mqueue_send, waits_for_room, RULE("mqueue_send.2"))
{
    coco_handle_t queue = queue_make(1, 32, 0);
    struct sender sender = {.queue = queue, .result = -1};
    EXPECT_OK(queue_send(queue, "first", 0));
    REQUIRE_OK(thread_start(&sender.thread, send_one, &sender));
    EXPECT_OK(coco_sleep_until(deadline_after(5 * MILLISECONDS)));
    expect_next(queue, "first", 0);
    EXPECT_OK(thread_join(&sender.thread));
    EXPECT_OK(sender.result);
    expect_next(queue, "second", 1);
    queue_remove(queue);
}

TEST(mqueue_send, interrupted, RULE("mqueue_send.EINTR"))
{
    coco_handle_t queue = queue_make(1, 32, 0);
    struct sender sender = {.queue = queue};
    EXPECT_OK(queue_send(queue, "first", 0));
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    REQUIRE_OK(thread_start(&sender.thread, send_one, &sender));
    signals_interrupt(SIGNAL_ONE, &sender.thread);
    EXPECT_ERROR(sender.result, INTR);
    signals_reset();
    queue_remove(queue);
}

#define SENDERS 3u
#define MESSAGES 1000u

static void send_many(void *argument)
{
    struct sender *sender = argument;
    for (uint32_t i = 0; i < MESSAGES; i++) {
        uint32_t message[2] = {sender->mark, i};
        EXPECT_OK(coco_mqueue_send(sender->queue, message, sizeof(message), 3, COCO_FOREVER));
    }
}

static void receive_many(void *argument)
{
    struct sender *receiver = argument;
    uint32_t message[2];
    while (coco_mqueue_receive(receiver->queue, message, sizeof(message), COCO_FOREVER) ==
           (3ll << 32 | 8)) {
        if (message[0] == UINT32_MAX) {
            return;
        }
        receiver->result++;
    }
    receiver->result = -1;
}

TEST(mqueue_send, stress, RULE("mqueue_send.2"), RULE("mqueue_receive.3"))
{
    struct sender senders[SENDERS];
    struct sender receivers[SENDERS];
    const uint32_t end[2] = {UINT32_MAX, 0};
    coco_handle_t queue = queue_make(3, 8, 0);
    int64_t total = 0;
    for (uint32_t i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.queue = queue, .mark = i};
        receivers[i] = (struct sender){.queue = queue};
        REQUIRE_OK(thread_start(&senders[i].thread, send_many, &senders[i]));
        REQUIRE_OK(thread_start(&receivers[i].thread, receive_many, &receivers[i]));
    }
    for (uint32_t i = 0; i < SENDERS; i++) {
        EXPECT_OK(thread_join(&senders[i].thread));
    }
    for (uint32_t i = 0; i < SENDERS; i++) {
        EXPECT_OK(coco_mqueue_send(queue, end, sizeof(end), 3, COCO_FOREVER));
    }
    for (uint32_t i = 0; i < SENDERS; i++) {
        EXPECT_OK(thread_join(&receivers[i].thread));
        total += receivers[i].result;
    }
    EXPECT_EQ(total, SENDERS * MESSAGES);
    queue_remove(queue);
}
