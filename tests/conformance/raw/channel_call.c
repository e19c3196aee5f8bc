// SPDX-License-Identifier: MIT
// Tests of `channel_call`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "child.h"
#include "memory.h"
#include "signals.h"

static uint8_t bytes[COCO_CHANNEL_MESSAGE_MAX + 1];
static uint8_t got[COCO_CHANNEL_MESSAGE_MAX];

static void fill_bytes(void)
{
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    }
}

TEST(channel_call, lengths, RULE("channel_call.1"))
{
    static const uint32_t lengths[] = {0, 1, 7, 8, 63, 64, 65, 4095, COCO_CHANNEL_MESSAGE_MAX};
    const uint32_t count = sizeof(lengths) / sizeof(lengths[0]);
    struct channel_pair pair;
    fill_bytes();
    REQUIRE(channel_make(&pair, 0));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t back = lengths[count - 1 - i];
        struct channel_server server = {.channel = pair.channel,
                                        .capacity = COCO_CHANNEL_MESSAGE_MAX,
                                        .reply = bytes + 1,
                                        .reply_length = back};
        REQUIRE(channel_server_start(&server));
        memset(got, 0, sizeof(got));
        EXPECT_EQ(coco_channel_call(pair.connection, bytes, lengths[i], got, sizeof(got)), back);
        EXPECT_EQ(channel_server_end(&server), lengths[i]);
        EXPECT_EQ(server.message.header.length, lengths[i]);
        EXPECT_EQ(server.message.header.kind, COCO_CHANNEL_CALL);
        EXPECT_BYTES(server.message.data, bytes, lengths[i]);
        EXPECT_BYTES(got, bytes + 1, back);
    }
    channel_close(&pair);
}

TEST(channel_call, reply_that_is_too_long, RULE("channel_call.1"), RULE("channel_call.EOVERFLOW"))
{
    struct channel_pair pair;
    struct channel_server server = {.capacity = 8, .reply = "0123456789", .reply_length = 10};
    REQUIRE(channel_make(&pair, 0));
    server.channel = pair.channel;
    REQUIRE(channel_server_start(&server));
    memset(got, 'x', 16);
    EXPECT_ERROR(coco_channel_call(pair.connection, "a", 1, got, 9), OVERFLOW);
    EXPECT_EQ(channel_server_end(&server), 1);
    EXPECT_BYTES(got, "xxxxxxxxxx", 10);
    channel_close(&pair);
}

TEST(channel_call, request_that_is_too_long, RULE("channel_call.2"), RULE("channel_call.ETOOBIG"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_server server = {.capacity = 8, .reply_length = 0};
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, bytes, 9)};
    REQUIRE(channel_make(&pair, 0));
    EXPECT_ERROR(coco_channel_call(pair.connection, bytes, sizeof(bytes), NULL, 0), TOOBIG);
    /* A receiver without room goes on waiting. */
    server.channel = pair.channel;
    REQUIRE(channel_server_start(&server));
    EXPECT_OK(coco_channel_call(pair.connection, bytes, 8, NULL, 0));
    EXPECT_EQ(channel_server_end(&server), 8);
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message.header) + 8, 0),
                 TIMEDOUT);
    EXPECT_ERROR(channel_client_end(&client), TOOBIG);
    channel_close(&pair);
}

TEST(channel_call, first_come_first_served, RULE("channel_call.3"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client first = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "1", 1)};
    struct channel_client second = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "2", 1)};
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&first, &pair));
    second.connection = pair.connection;
    REQUIRE(channel_client_start(&second));
    (void)coco_sleep_until(deadline_after(10 * MILLISECONDS)); /* so that both wait, mostly */
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_EQ(message.data[0], '1');
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_EQ(message.data[0], '2');
    EXPECT_OK(channel_client_end(&first));
    EXPECT_OK(channel_client_end(&second));
    channel_close(&pair);
}

TEST(channel_call, server_that_ends, RULE("channel_call.4"), RULE("channel_call.ECANCELED"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_server server = {.capacity = 8, .reply_length = UINT32_MAX};
    REQUIRE(channel_make(&pair, 0));
    server.channel = pair.channel;
    REQUIRE(channel_server_start(&server));
    EXPECT_ERROR(coco_channel_call(pair.connection, "a", 1, NULL, 0), CANCELED);
    EXPECT_EQ(channel_server_end(&server), 1);
    /* Receiving again without a reply. */
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "b", 1)};
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message), 0), TIMEDOUT);
    EXPECT_ERROR(channel_client_end(&client), CANCELED);
    channel_close(&pair);
}

/* A server in another process is killed while it serves. */
TEST(channel_call, server_that_is_killed, RULE("channel_call.4"))
{
    struct channel_pair pair;
    REQUIRE(channel_make(&pair, 0));
    for (int i = 0; i < 10; i++) {
        struct channel_client client = {.connection = pair.connection,
                                        .exchange = channel_exchange_of(COCO_CHANNEL_CALL, "k", 1)};
        const struct coco_spawn_handle handle = {
            .handle = pair.channel, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9};
        int64_t process = child_spawn(&(struct child){
            .arguments = {"serve_and_hang"}, .handles = &handle, .handle_count = 1});
        struct coco_exit_status status;
        uint8_t ready = 0;
        REQUIRE_TRUE(process > 0);
        /* The first call is answered: then the child is in its second receive. */
        EXPECT_EQ(coco_channel_call(pair.connection, "r", 1, &ready, 1), 1);
        REQUIRE(channel_client_start(&client));
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
        EXPECT_OK(coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL));
        EXPECT_TRUE(child_wait(process, &status));
        /* Received or not, the call does not hang: this end has the channel, too. */
        struct channel_message message;
        struct coco_poll entries[] = {
            {.handle = pair.channel, .wanted = COCO_EVENT_READ},
            {.handle = client.thread.handle, .wanted = COCO_EVENT_ENDED},
        };
        EXPECT_EQ(coco_object_poll(entries, 2, deadline_after(60 * SECONDS)), 1);
        bool again = entries[0].returned != 0;
        if (again) {
            EXPECT_EQ(channel_get(pair.channel, &message), 1);
            EXPECT_OK(coco_channel_reply(pair.channel, NULL, 0));
        }
        EXPECT_EQ(channel_client_end(&client), again ? 0 : COCO_ECANCELED);
    }
    channel_close(&pair);
}

TEST(channel_call, server_that_becomes_another, RULE("channel_call.4"))
{
    struct channel_pair pair;
    struct coco_exit_status status;
    REQUIRE(channel_make(&pair, 0));
    const struct coco_spawn_handle handle = {
        .handle = pair.channel, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9};
    int64_t process = child_spawn(&(struct child){
        .arguments = {"exec_while_serving"}, .handles = &handle, .handle_count = 1});
    REQUIRE_TRUE(process > 0);
    EXPECT_ERROR(coco_channel_call(pair.connection, "x", 1, NULL, 0), CANCELED);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL));
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    channel_close(&pair);
}

TEST(channel_call, signals, RULE("channel_call.5"), RULE("channel_call.EINTR"),
     RULE("channel_send.EINTR"), RULE("channel_exchange.EINTR"))
{
    struct channel_pair pair;
    struct channel_message message;
    REQUIRE(channel_make(&pair, 0));
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    for (uint32_t kind = COCO_CHANNEL_CALL; kind <= COCO_CHANNEL_SEND; kind++) {
        struct channel_client client = {.exchange = channel_exchange_of(kind, "a", 1)};
        REQUIRE(channel_client_queue(&client, &pair));
        EXPECT_OK(coco_signal_send_thread(__atomic_load_n(&client.id, __ATOMIC_ACQUIRE), SIGNAL_ONE,
                                          0, 0));
        EXPECT_ERROR(channel_client_end(&client), INTR);
        EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message), 0), TIMEDOUT);
    }
    EXPECT_TRUE(signals_await(2));
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "b", 1)};
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_OK(
        coco_signal_send_thread(__atomic_load_n(&client.id, __ATOMIC_ACQUIRE), SIGNAL_ONE, 0, 0));
    (void)coco_sleep_until(deadline_after(2 * MILLISECONDS));
    EXPECT_OK(coco_channel_reply(pair.channel, NULL, 0));
    EXPECT_OK(channel_client_end(&client));
    EXPECT_TRUE(signals_await(3));
    signals_reset();
    channel_close(&pair);
}

struct plain_call {
    coco_handle_t connection;
    int64_t result;
};

static void call_plainly(void *argument)
{
    struct plain_call *call = argument;

    call->result = coco_channel_call(call->connection, "p", 1, NULL, 0);
}

/* A reply with a handle to a caller that does not take any. */
TEST(channel_call, handles_in_the_reply, RULE("channel_call.6"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct thread thread;
    REQUIRE(channel_make(&pair, 0));
    struct plain_call call = {pair.connection, 0};
    REQUIRE_OK(thread_start(&thread, call_plainly, &call));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    struct coco_exchange answer = {.size = sizeof(answer), .handle_count = 1};
    answer.handles[0] =
        (struct coco_transfer){.handle = pair.connection, .rights = COCO_RIGHTS_SAME};
    EXPECT_OK(coco_channel_answer(pair.channel, &answer));
    EXPECT_OK(thread_join(&thread));
    EXPECT_OK(call.result);
    channel_close(&pair);
}

TEST(channel_call, bad_memory, RULE("channel_call.1"))
{
    struct channel_pair pair;
    uint8_t *edge = memory_edge(1);
    struct channel_server server = {.capacity = 8, .reply = "01234567", .reply_length = 8};
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(channel_make(&pair, 0));
    server.channel = pair.channel;
    REQUIRE(channel_server_start(&server));
    EXPECT_ERROR(coco_channel_call(pair.connection, edge - 2, 4, NULL, 0), FAULT);
    EXPECT_ERROR(coco_channel_call(pair.connection, "a", 1, edge - 4, 8), FAULT);
    EXPECT_EQ(channel_server_end(&server), 1);
    memory_edge_free(edge, 1);
    channel_close(&pair);
}
