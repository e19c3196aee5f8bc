// SPDX-License-Identifier: MIT
// Calls on channels that lack memory. A thread's own message is made at its first call, so each is
// tried by a fresh thread, with the memory of everybody counted.
#include "channels.h"

#include <coconut/coconut.h>
#include <harness/thread.h>

#include "memory.h"
#include "pipes.h"
#include "shortage.h"

static struct channel_pair pair;
static struct thread fresh;
static int64_t (*task)(void);
static uint32_t ready; /* atomic, as the others */
static uint32_t go;
static uint32_t done;
static int64_t result;

static int64_t make_channel(void)
{
    return coco_channel_create();
}
SHORTAGE(channel_create, make_channel, .undo = shortage_close)

static void pair_before(void)
{
    (void)channel_make(&pair, 0);
}

static void pair_after(void)
{
    channel_close(&pair);
}

static int64_t connect(void)
{
    return coco_channel_connect(pair.channel, 1, 0);
}
SHORTAGE(channel_connect, connect, .before = pair_before, .after = pair_after,
         .undo = shortage_close)

static void raise_flag(uint32_t *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
    (void)coco_futex_wake(flag, 1);
}

static void await_flag(uint32_t *flag)
{
    while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(flag, 0, COCO_FOREVER);
    }
}

static void run_task(void *unused)
{
    (void)unused;
    raise_flag(&ready);
    await_flag(&go);
    result = task();
    raise_flag(&done);
}

static void start(int64_t (*function)(void))
{
    pair_before();
    task = function;
    ready = 0;
    go = 0;
    done = 0;
    EXPECT_OK(thread_start(&fresh, run_task, NULL));
    await_flag(&ready); /* it has its stack by now */
}

static int64_t release(void)
{
    raise_flag(&go);
    await_flag(&done);
    return result;
}

static void finish(void)
{
    EXPECT_OK(thread_join(&fresh));
    pair_after();
}

static uint8_t bytes[COCO_CHANNEL_MESSAGE_MAX + sizeof(struct coco_channel_message)];

static int64_t send(void)
{
    return coco_channel_send(pair.connection, "text", 4, deadline_after(MILLISECONDS));
}

static void send_before(void)
{
    start(send);
}
SHORTAGE(channel_send, release, .before = send_before, .after = finish, .everybody = true,
         .otherwise = COCO_ETIMEDOUT)

static int64_t exchange(void)
{
    struct coco_exchange wanted = channel_exchange_of(COCO_CHANNEL_CALL, "text", 4);
    wanted.deadline = deadline_after(MILLISECONDS);
    return coco_channel_exchange(pair.connection, &wanted);
}

static void exchange_before(void)
{
    start(exchange);
}
SHORTAGE(channel_exchange, release, .before = exchange_before, .after = finish, .everybody = true,
         .otherwise = COCO_ETIMEDOUT)

static int64_t receive(void)
{
    return coco_channel_receive(pair.channel, bytes, sizeof(bytes), deadline_after(MILLISECONDS));
}

static void receive_before(void)
{
    start(receive);
}
SHORTAGE(channel_receive, release, .before = receive_before, .after = finish, .everybody = true,
         .otherwise = COCO_ETIMEDOUT)

static int64_t reply(void)
{
    return coco_channel_reply(pair.channel, "text", 4);
}

static void reply_before(void)
{
    start(reply);
}
SHORTAGE(channel_reply, release, .before = reply_before, .after = finish, .everybody = true,
         .otherwise = COCO_ENOTREADY)

/* The other side, in a thread that has made its message already. */
static struct thread peer;
static uint32_t peer_ready;
static uint8_t peer_bytes[sizeof(bytes)];

static void serve(void *unused)
{
    (void)unused;
    EXPECT_ERROR(coco_channel_receive(pair.channel, peer_bytes, sizeof(peer_bytes), 1), TIMEDOUT);
    raise_flag(&peer_ready);
    EXPECT_TRUE(coco_channel_receive(pair.channel, peer_bytes, sizeof(peer_bytes), COCO_FOREVER) >=
                0);
    EXPECT_OK(coco_channel_reply(pair.channel, "okay", 4));
}

static void send_once(void *unused)
{
    (void)unused;
    EXPECT_ERROR(coco_channel_send(pair.connection, "text", 4, 1), TIMEDOUT);
    raise_flag(&peer_ready);
    EXPECT_OK(coco_channel_send(pair.connection, "text", 4, COCO_FOREVER));
}

static void start_with_peer(int64_t (*function)(void), void (*other)(void *))
{
    start(function);
    /* The main thread's message, should it be needed. */
    EXPECT_ERROR(coco_channel_send(pair.connection, "text", 4, 1), TIMEDOUT);
    peer_ready = 0;
    EXPECT_OK(thread_start(&peer, other, NULL));
    await_flag(&peer_ready);
}

static int64_t call(void)
{
    return coco_channel_call(pair.connection, "text", 4, bytes, 4);
}

static void call_before(void)
{
    start_with_peer(call, serve);
}

static void call_after(void)
{
    if (result < 0) {
        EXPECT_EQ(call(), 4); /* so that the peer ends */
    }
    EXPECT_OK(thread_join(&peer));
    finish();
}
SHORTAGE(channel_call, release, .before = call_before, .after = call_after, .everybody = true)

static int64_t reply_receive(void)
{
    return coco_channel_reply_receive(pair.channel, NULL, 0, bytes, sizeof(bytes));
}

static void reply_receive_before(void)
{
    start_with_peer(reply_receive, send_once);
}

static void reply_receive_after(void)
{
    struct channel_message message;
    if (result < 0) {
        EXPECT_TRUE(channel_get(pair.channel, &message) >= 0); /* so that the peer ends */
    }
    EXPECT_OK(thread_join(&peer));
    finish();
}
SHORTAGE(channel_reply_receive, release, .before = reply_receive_before,
         .after = reply_receive_after, .everybody = true)

/* Replies with as many bytes as came, until the connection is closed. */
static void serve_on(void *unused)
{
    static struct channel_message in;
    (void)unused;
    int64_t length = channel_get(pair.channel, &in);
    while (length >= 0 && in.header.kind == COCO_CHANNEL_CALL) {
        length =
            coco_channel_reply_receive(pair.channel, in.data, (uint64_t)length, &in, sizeof(in));
    }
}

/* Once both threads have their messages, no call allocates: not the first allocation, of whatever
 * thread, comes to fail. */
TEST(shortage, calls_allocate_nothing)
{
    static uint8_t page[COCO_CHANNEL_MESSAGE_MAX];
    EXPECT_TRUE(channel_make(&pair, COCO_CONNECT_NOTIFY_CLOSE));
    EXPECT_OK(thread_start(&peer, serve_on, NULL));
    /* All of the buffers' pages are there after this, too. */
    bool good = EXPECT_EQ(
        coco_channel_call(pair.connection, page, sizeof(page), page, sizeof(page)), sizeof(page));
    for (uint64_t length = 0; good && length <= sizeof(page); length += 64) {
        (void)shortage_set(0, COCO_SHORTAGE_ALL);
        int64_t got = coco_channel_call(pair.connection, page, length, page, length);
        good =
            EXPECT_EQ(shortage_set(COCO_SHORTAGE_NEVER, 0), 0) && EXPECT_EQ(got, (int64_t)length);
    }
    channel_close_end(&pair.connection);
    EXPECT_OK(thread_join(&peer));
    channel_close(&pair);
}
