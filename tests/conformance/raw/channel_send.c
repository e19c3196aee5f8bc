// SPDX-License-Identifier: MIT
// Tests of `channel_send`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "memory.h"

TEST(channel_send, no_reply_is_owed, RULE("channel_send.1"), RULE("channel_send.3"))
{
    struct channel_pair pair;
    struct channel_server server = {.capacity = 8, .reply_length = 0};
    REQUIRE(channel_make(&pair, 0));
    server.channel = pair.channel;
    REQUIRE(channel_server_start(&server));
    EXPECT_OK(coco_channel_send(pair.connection, "abc", 3, COCO_FOREVER));
    EXPECT_ERROR(channel_server_end(&server), NOTREADY);
    EXPECT_EQ(server.message.header.kind, COCO_CHANNEL_SEND);
    EXPECT_EQ(server.message.header.badge, CHANNEL_BADGE);
    EXPECT_EQ(server.message.header.length, 3);
    EXPECT_BYTES(server.message.data, "abc", 3);
    channel_close(&pair);
}

TEST(channel_send, deadline, RULE("channel_send.2"), RULE("channel_send.ETIMEDOUT"))
{
    struct channel_pair pair;
    struct channel_message message;
    REQUIRE(channel_make(&pair, 0));
    uint64_t deadline = deadline_after(5 * MILLISECONDS);
    EXPECT_ERROR(coco_channel_send(pair.connection, "a", 1, deadline), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= deadline);
    EXPECT_ERROR(coco_channel_send(pair.connection, "a", 1, 0), TIMEDOUT);
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message), 0), TIMEDOUT);
    channel_close(&pair);
}

TEST(channel_send, refusals, RULE("channel_send.3"), RULE("channel_send.ETOOBIG"))
{
    static uint8_t bytes[COCO_CHANNEL_MESSAGE_MAX + 1];
    struct channel_pair pair;
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(channel_make(&pair, 0));
    EXPECT_ERROR(coco_channel_send(pair.connection, bytes, sizeof(bytes), 0), TOOBIG);
    EXPECT_ERROR(coco_channel_send(pair.connection, edge - 1, 2, 0), FAULT);
    memory_edge_free(edge, 1);
    channel_close(&pair);
}
