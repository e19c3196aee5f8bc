// SPDX-License-Identifier: MIT
// Tests of `channel_connect`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"

TEST(channel_connect, badges, RULE("channel_connect.1"))
{
    static const uint64_t badges[] = {0, 1, UINT64_MAX};
    struct channel_pair pair;
    struct channel_message message;
    REQUIRE(channel_make(&pair, 0));
    for (size_t i = 0; i < sizeof(badges) / sizeof(badges[0]); i++) {
        int64_t connection = coco_channel_connect(pair.channel, badges[i], 0);
        REQUIRE_TRUE(connection > 0);
        struct channel_pair other = {pair.channel, (coco_handle_t)connection};
        struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "", 0)};
        REQUIRE(channel_client_queue(&client, &other));
        EXPECT_OK(channel_get(pair.channel, &message));
        EXPECT_EQ(message.header.badge, badges[i]);
        EXPECT_OK(channel_client_end(&client));
        /* A duplicate is the same client. */
        int64_t copy = coco_handle_duplicate(other.connection, COCO_RIGHT_WRITE);
        EXPECT_OK(coco_close(other.connection));
        other.connection = (coco_handle_t)copy;
        REQUIRE(channel_client_queue(&client, &other));
        EXPECT_OK(channel_get(pair.channel, &message));
        EXPECT_EQ(message.header.badge, badges[i]);
        EXPECT_OK(channel_client_end(&client));
        EXPECT_OK(coco_close(other.connection));
    }
    channel_close(&pair);
}

TEST(channel_connect, end_is_told, RULE("channel_connect.2"))
{
    struct channel_pair pair;
    struct channel_message message;
    REQUIRE(channel_make(&pair, COCO_CONNECT_NOTIFY_CLOSE));
    int64_t copy = coco_handle_duplicate(pair.connection, COCO_RIGHTS_SAME);
    channel_close_end(&pair.connection);
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message), 0), TIMEDOUT);
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_OK(channel_get(pair.channel, &message));
    EXPECT_EQ(message.header.kind, COCO_CHANNEL_CLOSED);
    EXPECT_EQ(message.header.badge, CHANNEL_BADGE);
    EXPECT_EQ(message.header.handle_count, 0);
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message), 0), TIMEDOUT);
    EXPECT_ERROR(coco_channel_reply(pair.channel, NULL, 0), NOTREADY);
    /* To a receiver that waits, and not without the flag. */
    for (uint32_t flags = 0; flags <= COCO_CONNECT_NOTIFY_CLOSE; flags++) {
        struct channel_server server = {.channel = pair.channel, .reply_length = UINT32_MAX};
        int64_t other = coco_channel_connect(pair.channel, flags, COCO_CONNECT_NOTIFY_CLOSE);
        int64_t silent = coco_channel_connect(pair.channel, 77, 0);
        REQUIRE(channel_server_start(&server));
        EXPECT_OK(coco_close((coco_handle_t)silent));
        EXPECT_OK(coco_close((coco_handle_t)other));
        EXPECT_OK(channel_server_end(&server));
        EXPECT_EQ(server.message.header.kind, COCO_CHANNEL_CLOSED);
        EXPECT_EQ(server.message.header.badge, flags);
    }
    channel_close(&pair);
}

/* A call that nobody has received does not outlive the last handle to its connection. */
TEST(channel_connect, end_cancels_calls, RULE("channel_connect.2"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "x", 1)};
    REQUIRE(channel_make(&pair, COCO_CONNECT_NOTIFY_CLOSE));
    REQUIRE(channel_client_queue(&client, &pair));
    channel_close_end(&pair.connection);
    EXPECT_ERROR(channel_client_end(&client), CANCELED);
    EXPECT_OK(channel_get(pair.channel, &message));
    EXPECT_EQ(message.header.kind, COCO_CHANNEL_CLOSED);
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message), 0), TIMEDOUT);
    channel_close(&pair);
}

/* Words that nobody has taken go with the channel. */
TEST(channel_connect, untold_ends, RULE("channel_connect.2"))
{
    struct channel_pair pair;
    REQUIRE(channel_make(&pair, COCO_CONNECT_NOTIFY_CLOSE));
    for (uint64_t badge = 0; badge < 20; badge++) {
        int64_t other = coco_channel_connect(pair.channel, badge, COCO_CONNECT_NOTIFY_CLOSE);
        EXPECT_OK(coco_close((coco_handle_t)other));
    }
    channel_close_end(&pair.connection);
    channel_close(&pair);
}
