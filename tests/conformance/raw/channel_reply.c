// SPDX-License-Identifier: MIT
// Tests of `channel_reply`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "memory.h"

TEST(channel_reply, caller_goes_on, RULE("channel_reply.1"))
{
    struct channel_pair pair;
    struct channel_message message;
    char text[8];
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "ask", 3)};
    client.exchange.reply = (uintptr_t)text;
    client.exchange.reply_capacity = sizeof(text);
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 3);
    EXPECT_OK(coco_channel_reply(pair.channel, "told", 4));
    EXPECT_EQ(channel_client_end(&client), 4);
    EXPECT_BYTES(text, "told", 4);
    channel_close(&pair);
}

/* A caller that waits so long; what came of it until then, an error if it was not received. */
static int64_t serve_too_long(const struct channel_pair *pair, uint64_t within)
{
    struct channel_message message;
    struct channel_client client = {.connection = pair->connection,
                                    .exchange = channel_exchange_of(COCO_CHANNEL_CALL, "ask", 3)};
    uint64_t deadline = deadline_after(within);
    client.exchange.deadline = deadline;
    if (!channel_client_start(&client)) {
        return COCO_EUNKNOWN;
    }
    int64_t got = coco_channel_receive(pair->channel, &message, sizeof(message), deadline);
    EXPECT_ERROR(channel_client_end(&client), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= deadline);
    return got;
}

TEST(channel_reply, caller_has_gone, RULE("channel_reply.1"), RULE("channel_exchange.5"),
     RULE("channel_exchange.ETIMEDOUT"))
{
    struct channel_pair pair;
    uint64_t within = 50 * MILLISECONDS;
    int64_t got;
    REQUIRE(channel_make(&pair, 0));
    while ((got = serve_too_long(&pair, within)) == COCO_ETIMEDOUT) {
        within *= 2; /* it gave up before it was received */
    }
    EXPECT_EQ(got, 3);
    EXPECT_ERROR(coco_channel_reply(pair.channel, "told", 4), NOTREADY);
    channel_close(&pair);
}

TEST(channel_reply, nothing_to_reply_to, RULE("channel_reply.2"), RULE("channel_reply.ENOTREADY"),
     RULE("channel_answer.ENOTREADY"))
{
    struct channel_pair pair;
    struct channel_pair other;
    struct channel_message message;
    struct coco_exchange answer = {.size = sizeof(answer)};
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "ask", 3)};
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_make(&other, 0));
    EXPECT_ERROR(coco_channel_reply(pair.channel, NULL, 0), NOTREADY);
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 3);
    EXPECT_ERROR(coco_channel_reply(other.channel, NULL, 0), NOTREADY);
    EXPECT_ERROR(coco_channel_answer(other.channel, &answer), NOTREADY);
    EXPECT_OK(coco_channel_reply(pair.channel, NULL, 0));
    EXPECT_ERROR(coco_channel_reply(pair.channel, NULL, 0), NOTREADY);
    EXPECT_ERROR(coco_channel_answer(pair.channel, &answer), NOTREADY);
    EXPECT_OK(channel_client_end(&client));
    channel_close(&other);
    channel_close(&pair);
}

TEST(channel_reply, refusals, RULE("channel_reply.3"), RULE("channel_reply.ETOOBIG"))
{
    static uint8_t bytes[COCO_CHANNEL_MESSAGE_MAX + 1];
    struct channel_pair pair;
    struct channel_message message;
    uint8_t *edge = memory_edge(1);
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "ask", 3)};
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 3);
    EXPECT_ERROR(coco_channel_reply(pair.channel, bytes, sizeof(bytes)), TOOBIG);
    EXPECT_ERROR(coco_channel_reply(pair.channel, edge - 1, 2), FAULT);
    EXPECT_OK(coco_channel_reply(pair.channel, NULL, 0));
    EXPECT_OK(channel_client_end(&client));
    memory_edge_free(edge, 1);
    channel_close(&pair);
}
