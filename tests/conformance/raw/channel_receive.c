// SPDX-License-Identifier: MIT
// Tests of `channel_receive`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "memory.h"
#include "scratch.h"
#include "signals.h"

TEST(channel_receive, what_arrives, RULE("channel_receive.1"), RULE("channel_receive.EINVAL"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "hello", 5)};
    REQUIRE(channel_make(&pair, 0));
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message.header) - 1, 0),
                 INVAL);
    REQUIRE(channel_client_queue(&client, &pair));
    memset(&message, 0x55, sizeof(message));
    EXPECT_EQ(coco_channel_receive(pair.channel, &message, sizeof(message.header) + 5, 0), 5);
    EXPECT_EQ(message.header.badge, CHANNEL_BADGE);
    EXPECT_EQ(message.header.length, 5);
    EXPECT_EQ(message.header.kind, COCO_CHANNEL_SEND);
    EXPECT_EQ(message.header.handle_count, 0);
    EXPECT_BYTES(message.data, "hello\x55\x55", 7);
    EXPECT_OK(channel_client_end(&client));
    channel_close(&pair);
}

TEST(channel_receive, gives_up_the_call_before, RULE("channel_receive.2"))
{
    struct channel_pair pair;
    struct channel_pair other;
    struct channel_message message;
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "a", 1)};
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_make(&other, 0));
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_ERROR(coco_channel_receive(other.channel, &message, sizeof(message), 0), TIMEDOUT);
    EXPECT_ERROR(channel_client_end(&client), CANCELED);
    channel_close(&other);
    channel_close(&pair);
}

TEST(channel_receive, deadline, RULE("channel_receive.3"), RULE("channel_receive.ETIMEDOUT"))
{
    struct channel_pair pair;
    struct channel_message message;
    REQUIRE(channel_make(&pair, 0));
    uint64_t deadline = deadline_after(5 * MILLISECONDS);
    EXPECT_ERROR(coco_channel_receive(pair.channel, &message, sizeof(message), deadline), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= deadline);
    channel_close(&pair);
}

/* A client that sends a handle to the connection along. */
static bool send_connection(struct channel_client *client, const struct channel_pair *pair)
{
    *client = (struct channel_client){.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "h", 1)};
    client->exchange.handle_count = 1;
    client->exchange.handles[0] =
        (struct coco_transfer){.handle = pair->connection, .rights = COCO_RIGHT_WRITE};
    return channel_client_queue(client, pair);
}

TEST(channel_receive, handles, RULE("channel_receive.4"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client client;
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(send_connection(&client, &pair));
    coco_handle_t next = scratch_next_handle();
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_EQ(message.header.handle_count, 1);
    EXPECT_EQ(message.header.handles[0], next);
    EXPECT_EQ(message.header.handles[1], COCO_HANDLE_NONE);
    EXPECT_EQ((uint64_t)coco_handle_info(next),
              (uint64_t)COCO_RIGHT_WRITE << 32 | COCO_OBJECT_CONNECTION);
    EXPECT_OK(channel_client_end(&client));
    EXPECT_OK(coco_close(next));
    /* No room for one. */
    REQUIRE(send_connection(&client, &pair));
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_EQ(message.header.handle_count, 1);
    EXPECT_EQ(message.header.handles[0], COCO_HANDLE_NONE);
    scratch_close_handles(full.first, full.last);
    EXPECT_OK(channel_client_end(&client));
    channel_close(&pair);
}

/* An entry for each handle that came, which is closed, and NONE in the others. */
static void expect_handles(const struct channel_message *message, uint32_t count)
{
    EXPECT_EQ(message->header.handle_count, count);
    for (uint32_t i = 0; i < COCO_CHANNEL_HANDLES_MAX; i++) {
        if (i < count) {
            EXPECT_OK(coco_close(message->header.handles[i]));
        } else {
            EXPECT_EQ(message->header.handles[i], COCO_HANDLE_NONE);
        }
    }
}

/* Messages of threads that have sent none before, when the kernel's free memory is not zero. */
TEST(channel_receive, entries_of_new_messages, RULE("channel_receive.4"))
{
    const uint64_t filled = 1024 * PAGE;
    struct channel_pair pair;
    struct channel_message message;
    REQUIRE(channel_make(&pair, COCO_CONNECT_NOTIFY_CLOSE));
    for (int i = 0; i < 32; i++) {
        struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_SEND, "s", 1)};
        if (i % 8 == 0) {
            uint8_t *memory = memory_pages(filled / PAGE);
            REQUIRE_TRUE(memory != NULL);
            memset(memory, 0xa5, filled);
            EXPECT_OK(memory_unmap(memory, filled));
        }
        REQUIRE(channel_client_queue(&client, &pair));
        EXPECT_EQ(channel_get(pair.channel, &message), 1);
        expect_handles(&message, 0);
        EXPECT_OK(channel_client_end(&client));
    }
    channel_close_end(&pair.connection);
    EXPECT_EQ(channel_get(pair.channel, &message), 0);
    EXPECT_EQ(message.header.kind, COCO_CHANNEL_CLOSED);
    expect_handles(&message, 0);
    channel_close(&pair);
}

/* Who receives handles sends on what it received them in. */
TEST(channel_receive, entries_of_used_messages, RULE("channel_receive.4"))
{
    struct channel_pair pair;
    struct channel_message message;
    struct channel_client client;
    struct channel_server server = {.capacity = 8, .reply_length = UINT32_MAX};
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(send_connection(&client, &pair));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    expect_handles(&message, 1);
    EXPECT_OK(channel_client_end(&client));
    server.channel = pair.channel;
    REQUIRE(channel_server_start(&server));
    EXPECT_OK(coco_channel_send(pair.connection, "s", 1, deadline_after(60 * SECONDS)));
    EXPECT_EQ(channel_server_end(&server), 1);
    expect_handles(&server.message, 0);
    channel_close(&pair);
}

TEST(channel_receive, bad_memory, RULE("channel_receive.5"), RULE("channel_receive.4"))
{
    struct channel_pair pair;
    uint8_t *edge = memory_edge(1);
    struct channel_client client = {.exchange = channel_exchange_of(COCO_CHANNEL_CALL, "a", 1)};
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(channel_make(&pair, 0));
    REQUIRE(channel_client_queue(&client, &pair));
    EXPECT_ERROR(coco_channel_receive(pair.channel, edge - 8, 64, 0), FAULT);
    EXPECT_ERROR(channel_client_end(&client), CANCELED);
    /* Handles that came along are closed: the test's count of handles shows it. */
    REQUIRE(send_connection(&client, &pair));
    EXPECT_ERROR(coco_channel_receive(pair.channel, edge - 8, 64, 0), FAULT);
    EXPECT_OK(channel_client_end(&client));
    memory_edge_free(edge, 1);
    channel_close(&pair);
}

/* A thread waits in receive, and is told why it waits in vain. */
TEST(channel_receive, waits_in_vain, RULE("channel_receive.ECANCELED"))
{
    struct channel_pair pair;
    struct channel_server server = {.capacity = 8, .reply_length = UINT32_MAX};
    REQUIRE(channel_make(&pair, 0));
    server.channel = pair.channel;
    REQUIRE(channel_server_start(&server));
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    channel_close(&pair);
    int64_t result = channel_server_end(&server);
    /* If it came late, it found its handle closed. */
    EXPECT_TRUE(result == COCO_ECANCELED || result == COCO_ENOTFOUND);
}

/* A thread that receives, with a reply or without, until something ends the wait. */
struct waiting {
    struct thread thread;
    coco_handle_t channel;
    bool reply;
    uint64_t id; /* atomic; 0 until it runs */
    int64_t result;
};

static void wait_for_message(void *argument)
{
    struct waiting *waiting = argument;
    struct channel_message message;

    __atomic_store_n(&waiting->id, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    waiting->result = waiting->reply ? coco_channel_reply_receive(waiting->channel, NULL, 0,
                                                                  &message, sizeof(message))
                                     : channel_get(waiting->channel, &message);
}

/* Sends signals until the thread has ended: the first may come before it waits. */
static void interrupt(struct waiting *waiting)
{
    struct coco_poll poll = {.handle = waiting->thread.handle, .wanted = COCO_EVENT_ENDED};
    uint64_t id;

    while ((id = __atomic_load_n(&waiting->id, __ATOMIC_ACQUIRE)) == 0) {
        (void)coco_thread_yield();
    }
    do {
        int64_t sent = coco_signal_send_thread(id, SIGNAL_ONE, 0, 0);
        EXPECT_TRUE(sent == 0 || sent == COCO_ENOTFOUND);
    } while (coco_object_poll(&poll, 1, deadline_after(2 * MILLISECONDS)) == 0);
}

TEST(channel_receive, signals, RULE("channel_receive.EINTR"), RULE("channel_reply_receive.EINTR"))
{
    struct channel_pair pair;
    REQUIRE(channel_make(&pair, 0));
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    for (int reply = 0; reply < 2; reply++) {
        struct waiting waiting = {.channel = pair.channel, .reply = reply != 0};
        REQUIRE_OK(thread_start(&waiting.thread, wait_for_message, &waiting));
        interrupt(&waiting);
        EXPECT_OK(thread_join(&waiting.thread));
        EXPECT_ERROR(waiting.result, INTR);
    }
    signals_reset();
    channel_close(&pair);
}
