// SPDX-License-Identifier: MIT
// Tests of `channel_exchange`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "memory.h"
#include "scratch.h"

TEST(channel_exchange, kinds, RULE("channel_exchange.1"), RULE("channel_exchange.7"))
{
    struct channel_pair pair;
    char text[4];
    REQUIRE(channel_make(&pair, 0));
    for (uint32_t kind = COCO_CHANNEL_CALL; kind <= COCO_CHANNEL_SEND; kind++) {
        struct channel_server server = {
            .channel = pair.channel, .capacity = 8, .reply = "yes", .reply_length = 3};
        struct coco_exchange exchange = channel_exchange_of(kind, "xy", 2);
        exchange.reply = (uintptr_t)text;
        exchange.reply_capacity = sizeof(text);
        REQUIRE(channel_server_start(&server));
        EXPECT_EQ(coco_channel_exchange(pair.connection, &exchange),
                  kind == COCO_CHANNEL_CALL ? 3 : 0);
        EXPECT_EQ(channel_server_end(&server), kind == COCO_CHANNEL_CALL ? 2 : COCO_ENOTREADY);
        EXPECT_EQ(server.message.header.kind, kind);
        EXPECT_EQ(server.message.header.badge, CHANNEL_BADGE);
        EXPECT_BYTES(text, "yes", 3);
    }
    channel_close(&pair);
}

static int64_t try_handle(const struct channel_pair *pair, struct coco_transfer transfer)
{
    struct coco_exchange exchange = channel_exchange_of(COCO_CHANNEL_SEND, NULL, 0);
    exchange.deadline = 0;
    exchange.handle_count = 1;
    exchange.handles[0] = transfer;
    return coco_channel_exchange(pair->connection, &exchange);
}

TEST(channel_exchange, rights, RULE("channel_exchange.2"), RULE("channel_exchange.EPERM"),
     RULE("channel_exchange.ENOTFOUND"), RULE("channel_exchange.3"))
{
    struct channel_pair pair;
    REQUIRE(channel_make(&pair, 0));
    coco_handle_t fixed =
        (coco_handle_t)coco_handle_duplicate(pair.connection, COCO_RIGHT_WRITE | COCO_RIGHT_DUP);
    EXPECT_ERROR(try_handle(&pair, (struct coco_transfer){.handle = fixed}), PERM);
    EXPECT_ERROR(try_handle(&pair, (struct coco_transfer){.handle = pair.connection,
                                                          .rights = COCO_RIGHT_MANAGE}),
                 PERM);
    EXPECT_ERROR(try_handle(&pair, (struct coco_transfer){.handle = 999, .rights = 0}), NOTFOUND);
    /* Nobody receives: a handle that was moved is gone, another is kept. */
    EXPECT_ERROR(try_handle(&pair, (struct coco_transfer){.handle = fixed, .rights = 0}), PERM);
    EXPECT_OK(coco_close(fixed));
    fixed = (coco_handle_t)coco_handle_duplicate(pair.connection, COCO_RIGHTS_SAME);
    EXPECT_ERROR(try_handle(&pair, (struct coco_transfer){.handle = fixed,
                                                          .rights = COCO_RIGHTS_SAME,
                                                          .flags = COCO_TRANSFER_MOVE}),
                 TIMEDOUT);
    EXPECT_ERROR(coco_handle_info(fixed), NOTFOUND);
    EXPECT_ERROR(try_handle(&pair, (struct coco_transfer){.handle = pair.connection,
                                                          .rights = COCO_RIGHTS_SAME}),
                 TIMEDOUT);
    EXPECT_EQ((uint32_t)coco_handle_info(pair.connection), COCO_OBJECT_CONNECTION);
    channel_close(&pair);
}

TEST(channel_exchange, moves_and_copies, RULE("channel_exchange.3"), RULE("channel_exchange.4"),
     RULE("channel_answer.1"), RULE("channel_answer.2"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "q", 1)};
    REQUIRE(channel_make(&pair, 0));
    coco_handle_t moved = (coco_handle_t)coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME);
    coco_handle_t copied = (coco_handle_t)coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME);
    char text[4] = "";
    client.exchange.reply = (uintptr_t)text;
    client.exchange.reply_capacity = sizeof(text);
    client.exchange.handle_count = 2;
    client.exchange.handles[0] = (struct coco_transfer){
        .handle = moved, .rights = COCO_RIGHTS_SAME, .flags = COCO_TRANSFER_MOVE};
    client.exchange.handles[1] =
        (struct coco_transfer){.handle = copied, .rights = COCO_RIGHT_WRITE | COCO_RIGHT_TRANSFER};
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_ERROR(coco_handle_info(moved), NOTFOUND);
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    REQUIRE_EQ(message.header.handle_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        EXPECT_EQ((uint32_t)coco_handle_info(message.header.handles[i]), COCO_OBJECT_LOG);
    }
    /* One comes back, moved. */
    struct coco_exchange answer = {
        .size = sizeof(answer), .payload = (uintptr_t)"ok", .length = 2, .handle_count = 1};
    answer.handles[0] = (struct coco_transfer){.handle = message.header.handles[1],
                                               .rights = COCO_RIGHTS_SAME,
                                               .flags = COCO_TRANSFER_MOVE};
    EXPECT_OK(coco_channel_answer(pair.channel, &answer));
    EXPECT_EQ(channel_client_end(&client), 2);
    EXPECT_BYTES(text, "ok", 2);
    EXPECT_EQ((uint32_t)coco_handle_info(copied), COCO_OBJECT_LOG);
    REQUIRE_EQ(client.exchange.reply_handle_count, 1);
    EXPECT_EQ((uint64_t)coco_handle_info(client.exchange.reply_handles[0]),
              (uint64_t)(COCO_RIGHT_WRITE | COCO_RIGHT_TRANSFER) << 32 | COCO_OBJECT_LOG);
    EXPECT_EQ(client.exchange.reply_handles[1], COCO_HANDLE_NONE);
    EXPECT_OK(coco_close(client.exchange.reply_handles[0]));
    EXPECT_OK(coco_close(message.header.handles[0]));
    EXPECT_OK(coco_close(copied));
    channel_close(&pair);
}

static void expect_unsound(const struct channel_pair *pair, const struct coco_exchange *exchange)
{
    struct coco_exchange copy = *exchange;
    EXPECT_ERROR(coco_channel_exchange(pair->connection, &copy), INVAL);
}

TEST(channel_exchange, unsound, RULE("channel_exchange.6"), RULE("channel_exchange.EINVAL"))
{
    struct channel_pair pair;
    REQUIRE(channel_make(&pair, 0));
    struct coco_exchange good = channel_exchange_of(COCO_CHANNEL_SEND, NULL, 0);
    good.deadline = 0;
    good.handle_count = 1;
    good.handles[0] = (struct coco_transfer){.handle = pair.connection, .rights = COCO_RIGHTS_SAME};
    struct coco_exchange bad = good;
    EXPECT_ERROR(coco_channel_exchange(pair.connection, &bad), TIMEDOUT);
    bad = good, bad.size = sizeof(bad) - 8;
    expect_unsound(&pair, &bad);
    bad = good, bad.kind = COCO_CHANNEL_CLOSED;
    expect_unsound(&pair, &bad);
    bad = good, bad.handle_count = COCO_CHANNEL_HANDLES_MAX + 1;
    expect_unsound(&pair, &bad);
    bad = good, bad.handles[0].reserved = 1;
    expect_unsound(&pair, &bad);
    bad = good, bad.handles[0].flags = COCO_TRANSFER_MASK + 1;
    expect_unsound(&pair, &bad);
    bad = good, bad.handle_count = 2, bad.handles[1] = bad.handles[0];
    expect_unsound(&pair, &bad);
    bad = good, bad.reply = KERNEL_ADDRESS, bad.reply_capacity = 1;
    expect_unsound(&pair, &bad);
    channel_close(&pair);
}

TEST(channel_exchange, bad_memory, RULE("channel_exchange.EFAULT"),
     RULE("channel_exchange.ETOOBIG"), RULE("channel_exchange.EOVERFLOW"))
{
    struct channel_pair pair;
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(channel_make(&pair, 0));
    EXPECT_ERROR(coco_channel_exchange(pair.connection, (struct coco_exchange *)(edge - 64)),
                 FAULT);
    struct coco_exchange exchange = channel_exchange_of(COCO_CHANNEL_CALL, edge - 1, 2);
    EXPECT_ERROR(coco_channel_exchange(pair.connection, &exchange), FAULT);
    exchange.length = COCO_CHANNEL_MESSAGE_MAX + 1;
    EXPECT_ERROR(coco_channel_exchange(pair.connection, &exchange), TOOBIG);
    struct channel_server server = {
        .channel = pair.channel, .capacity = 8, .reply = "12345678", .reply_length = 8};
    REQUIRE(channel_server_start(&server));
    exchange = channel_exchange_of(COCO_CHANNEL_CALL, "a", 1);
    exchange.reply = (uintptr_t)(edge - 7);
    exchange.reply_capacity = 7;
    EXPECT_ERROR(coco_channel_exchange(pair.connection, &exchange), OVERFLOW);
    EXPECT_EQ(channel_server_end(&server), 1);
    REQUIRE(channel_server_start(&server));
    exchange.reply_capacity = 8;
    EXPECT_ERROR(coco_channel_exchange(pair.connection, &exchange), FAULT);
    EXPECT_EQ(channel_server_end(&server), 1);
    memory_edge_free(edge, 1);
    channel_close(&pair);
}
