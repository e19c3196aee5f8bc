// SPDX-License-Identifier: MIT
// Tests of `channel_create`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "scratch.h"

static uint32_t rights_of(coco_handle_t handle)
{
    return (uint32_t)((uint64_t)coco_handle_info(handle) >> 32);
}

TEST(channel_create, both_ends, RULE("channel_create.1"))
{
    const uint32_t common = COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT;
    struct channel_pair pair;
    coco_handle_t next = scratch_next_handle();
    REQUIRE(channel_make(&pair, 0));
    EXPECT_EQ(pair.channel, next);
    EXPECT_EQ((uint32_t)coco_handle_info(pair.channel), COCO_OBJECT_CHANNEL);
    EXPECT_EQ(rights_of(pair.channel), common | COCO_RIGHT_READ | COCO_RIGHT_MANAGE);
    EXPECT_EQ((uint32_t)coco_handle_info(pair.connection), COCO_OBJECT_CONNECTION);
    EXPECT_EQ(rights_of(pair.connection), common | COCO_RIGHT_WRITE);
    int64_t receiver = coco_handle_duplicate(pair.channel, COCO_RIGHT_READ);
    EXPECT_ERROR(coco_channel_connect((coco_handle_t)receiver, 1, 0), PERM);
    EXPECT_OK(coco_close((coco_handle_t)receiver));
    channel_close(&pair);
}

TEST(channel_create, end_of_the_channel, RULE("channel_create.2"), RULE("channel_call.ECANCELED"),
     RULE("channel_send.ECANCELED"), RULE("channel_exchange.ECANCELED"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client waiting = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "w", 1)};
    struct channel_client served = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "s", 1)};
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&served, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    REQUIRE(channel_client_queue(&waiting, &pair));
    int64_t copy = coco_handle_duplicate(pair.channel, COCO_RIGHTS_SAME);
    channel_close_end(&pair.channel);
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_ERROR(channel_client_end(&waiting), CANCELED);
    EXPECT_ERROR(channel_client_end(&served), CANCELED);
    EXPECT_ERROR(coco_channel_call(pair.connection, "x", 1, NULL, 0), CANCELED);
    EXPECT_ERROR(coco_channel_send(pair.connection, "x", 1, COCO_FOREVER), CANCELED);
    channel_close(&pair);
    /* This thread lets go of the channel with its next exchange. */
    REQUIRE(channel_make(&pair, 0));
    EXPECT_ERROR(coco_channel_reply(pair.channel, NULL, 0), NOTREADY);
    channel_close(&pair);
}

/* The only handle to a channel goes through another one. */
TEST(channel_create, travelling_handle_counts, RULE("channel_create.2"))
{
    struct channel_pair road;
    struct channel_pair pair;
    struct channel_message message;
    REQUIRE(channel_make(&road, 0));
    REQUIRE(channel_make(&pair, 0));
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, NULL, 0)};
    client.exchange.handle_count = 1;
    client.exchange.handles[0] = (struct coco_transfer){
        .handle = pair.channel, .rights = COCO_RIGHTS_SAME, .flags = COCO_TRANSFER_MOVE};
    REQUIRE(channel_client_queue(&client, &road));
    EXPECT_ERROR(coco_handle_info(pair.channel), NOTFOUND);
    EXPECT_EQ(channel_get(road.channel, &message), 0);
    EXPECT_OK(channel_client_end(&client));
    REQUIRE_EQ(message.header.handle_count, 1);
    pair.channel = message.header.handles[0];
    client = (struct channel_client){.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "y", 1)};
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_OK(channel_client_end(&client));
    channel_close(&pair);
    channel_close(&road);
}

static uint32_t events_of(coco_handle_t handle)
{
    struct coco_poll poll = {.handle = handle, .wanted = COCO_EVENT_READ | COCO_EVENT_WRITE};
    EXPECT_TRUE(coco_object_poll(&poll, 1, 0) >= 0);
    return poll.returned;
}

TEST(channel_create, events, RULE("channel_create.3"), RULE("channel_connect.3"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "x", 1)};
    REQUIRE(channel_make(&pair, 0));
    EXPECT_EQ(events_of(pair.channel), 0);
    EXPECT_EQ(events_of(pair.connection), 0);
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(events_of(pair.channel), COCO_EVENT_READ);
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_EQ(events_of(pair.channel), 0);
    EXPECT_OK(channel_client_end(&client));
    channel_close_end(&pair.channel);
    EXPECT_EQ(events_of(pair.connection), COCO_EVENT_HANGUP);
    channel_close(&pair);
}

TEST(channel_create, full_table, RULE("channel_create.EMFILE"), RULE("channel_connect.EMFILE"))
{
    struct channel_pair pair;
    REQUIRE(channel_make(&pair, 0));
    coco_handle_t first = scratch_next_handle();
    int64_t handle = 0;
    while (handle >= 0) {
        handle = coco_handle_duplicate(pair.connection, COCO_RIGHTS_SAME);
    }
    EXPECT_ERROR(handle, MFILE);
    EXPECT_ERROR(coco_channel_create(), MFILE);
    EXPECT_ERROR(coco_channel_connect(pair.channel, 1, 0), MFILE);
    for (coco_handle_t number = first; number < COCO_HANDLE_MAX; number++) {
        (void)coco_close(number);
    }
    channel_close(&pair);
}
