// SPDX-License-Identifier: MIT
// Tests of `channel_reply_receive`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "memory.h"

#define CALLS 2000u

/* Adds one to each number that comes, until 0 comes; its result is the count of calls. */
struct adder {
    coco_handle_t channel;
    int64_t count;
    struct thread thread;
};

static void add_one(void *argument)
{
    struct adder *adder = argument;
    struct channel_message message;
    uint64_t number;
    int64_t result = channel_get(adder->channel, &message);

    while (result == (int64_t)sizeof(number)) {
        memcpy(&number, message.data, sizeof(number));
        adder->count++;
        if (number == 0) {
            (void)coco_channel_reply(adder->channel, &number, sizeof(number));
            return;
        }
        number++;
        result = coco_channel_reply_receive(adder->channel, &number, sizeof(number), &message,
                                            sizeof(message));
    }
    adder->count = result;
}

TEST(channel_reply_receive, many_calls, RULE("channel_reply_receive.1"))
{
    struct channel_pair pair;
    struct adder adder = {0};
    REQUIRE(channel_make(&pair, 0));
    adder.channel = pair.channel;
    REQUIRE_OK(thread_start(&adder.thread, add_one, &adder));
    for (uint64_t i = CALLS; i-- > 0;) {
        uint64_t answer = 99;
        EXPECT_EQ(coco_channel_call(pair.connection, &i, sizeof(i), &answer, sizeof(answer)), 8);
        EXPECT_EQ(answer, i == 0 ? 0 : i + 1);
    }
    EXPECT_OK(thread_join(&adder.thread));
    EXPECT_EQ(adder.count, CALLS);
    channel_close(&pair);
}

struct caller {
    coco_handle_t connection;
    uint64_t base;
    uint32_t wrong;
    struct thread thread;
};

static void call_often(void *argument)
{
    struct caller *caller = argument;

    for (uint64_t i = 1; i <= CALLS; i++) {
        uint64_t number = caller->base + i;
        uint64_t answer = 0;
        int64_t got =
            coco_channel_call(caller->connection, &number, sizeof(number), &answer, sizeof(answer));
        caller->wrong += got != (int64_t)sizeof(answer) || answer != number + 1;
    }
}

/* Several servers and more clients: each answer comes to the one that asked. */
TEST(channel_reply_receive, many_clients_and_servers, RULE("channel_reply_receive.1"))
{
    struct channel_pair pair;
    struct adder adders[3] = {0};
    struct caller callers[5];
    uint64_t zero = 0;
    REQUIRE(channel_make(&pair, 0));
    for (size_t i = 0; i < 3; i++) {
        adders[i].channel = pair.channel;
        REQUIRE_OK(thread_start(&adders[i].thread, add_one, &adders[i]));
    }
    for (size_t i = 0; i < 5; i++) {
        callers[i] = (struct caller){.connection = pair.connection, .base = i << 32};
        REQUIRE_OK(thread_start(&callers[i].thread, call_often, &callers[i]));
    }
    for (size_t i = 0; i < 5; i++) {
        EXPECT_OK(thread_join(&callers[i].thread));
        EXPECT_EQ(callers[i].wrong, 0);
    }
    int64_t total = 0;
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(coco_channel_call(pair.connection, &zero, sizeof(zero), &zero, sizeof(zero)), 8);
    }
    for (size_t i = 0; i < 3; i++) {
        EXPECT_OK(thread_join(&adders[i].thread));
        EXPECT_TRUE(adders[i].count >= 1);
        total += adders[i].count;
    }
    EXPECT_EQ(total, 5 * CALLS + 3);
    channel_close(&pair);
}

TEST(channel_reply_receive, without_a_call, RULE("channel_reply_receive.2"))
{
    struct channel_pair pair;
    struct channel_message message;
    uint8_t *edge = memory_edge(1);
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "x", 1)};
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(coco_channel_reply_receive(pair.channel, edge, 10, &message, sizeof(message)), 1);
    EXPECT_OK(channel_client_end(&client));
    memory_edge_free(edge, 1);
    channel_close(&pair);
}

TEST(channel_reply_receive, refusals, RULE("channel_reply_receive.EINVAL"),
     RULE("channel_reply_receive.ETOOBIG"))
{
    static uint8_t bytes[COCO_CHANNEL_MESSAGE_MAX + 1];
    struct channel_pair pair;
    struct channel_message message;
    uint8_t *edge = memory_edge(1);
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "x", 1)};
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_ERROR(
        coco_channel_reply_receive(pair.channel, bytes, sizeof(bytes), &message, sizeof(message)),
        TOOBIG);
    EXPECT_ERROR(coco_channel_reply_receive(pair.channel, NULL, 0, &message, 31), INVAL);
    EXPECT_ERROR(coco_channel_reply_receive(pair.channel, edge - 1, 2, &message, sizeof(message)),
                 FAULT);
    EXPECT_OK(coco_channel_reply(pair.channel, NULL, 0));
    EXPECT_OK(channel_client_end(&client));
    memory_edge_free(edge, 1);
    channel_close(&pair);
}

static void receive_in_vain(void *argument)
{
    struct adder *adder = argument;
    struct channel_message message;

    adder->count = coco_channel_reply_receive(adder->channel, NULL, 0, &message, sizeof(message));
}

TEST(channel_reply_receive, waits_in_vain, RULE("channel_reply_receive.ECANCELED"))
{
    struct channel_pair pair;
    struct adder adder = {0};
    REQUIRE(channel_make(&pair, 0));
    adder.channel = pair.channel;
    REQUIRE_OK(thread_start(&adder.thread, receive_in_vain, &adder));
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    channel_close(&pair);
    EXPECT_OK(thread_join(&adder.thread));
    /* If it came late, it found its handle closed. */
    EXPECT_TRUE(adder.count == COCO_ECANCELED || adder.count == COCO_ENOTFOUND);
}
