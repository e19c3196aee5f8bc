// SPDX-License-Identifier: MIT
// Services that are killed and started again, and clients that mean harm. Written with
// <coconut/ipc.h> and <coconut/event.h>.
#include <coconut/event.h>
#include <coconut/ipc.h>
#include <harness/test.h>

#include "channels.h"
#include "child.h"
#include "events.h"

/* All tests run three times: this many times three. */
#define KILLS 334

/* A client that asks again and again. */
struct asker {
    coco_handle_t connection;
    uint64_t answers;  /* atomic */
    uint64_t canceled; /* calls whose server went while it served them */
    uint32_t stop;     /* atomic */
    int64_t wrong;     /* first result that is neither */
    struct thread thread;
};

static void ask(void *argument)
{
    struct asker *asker = argument;
    for (uint64_t number = 1; !__atomic_load_n(&asker->stop, __ATOMIC_ACQUIRE); number++) {
        uint64_t answer = 0;
        int64_t got =
            coco_ipc_call(asker->connection, &number, sizeof(number), &answer, sizeof(answer));
        if (got == (int64_t)sizeof(answer) && answer == number + 1) {
            __atomic_fetch_add(&asker->answers, 1, __ATOMIC_RELEASE);
        } else if (got == COCO_ECANCELED) {
            asker->canceled++;
        } else if (asker->wrong == 0) {
            asker->wrong = got < 0 ? got : -1;
        }
    }
}

static int64_t server_start(coco_handle_t channel)
{
    const struct coco_spawn_handle handle = {
        .handle = channel, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9};
    return child_spawn(
        &(struct child){.arguments = {"serve_increments"}, .handles = &handle, .handle_count = 1});
}

static bool await_answers(const struct asker *asker, uint64_t count)
{
    uint64_t deadline = coco_deadline_after(30 * SECONDS);
    while (__atomic_load_n(&asker->answers, __ATOMIC_ACQUIRE) < count) {
        if ((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) > deadline) {
            return false;
        }
        (void)coco_thread_yield();
    }
    return true;
}

/* The clients keep their connections: what was not received waits for the next server. */
TEST(channel_call, server_killed_again_and_again, RULE("channel_call.4"), RULE("channel_create.2"))
{
    struct channel_pair pair;
    struct asker askers[2] = {{0}};
    REQUIRE(channel_make(&pair, 0));
    for (int i = 0; i < 2; i++) {
        askers[i].connection = pair.connection;
        REQUIRE_OK(thread_start(&askers[i].thread, ask, &askers[i]));
    }
    for (int i = 0; i < KILLS; i++) {
        struct coco_exit_status status;
        uint64_t before = __atomic_load_n(&askers[i % 2].answers, __ATOMIC_ACQUIRE);
        int64_t server = server_start(pair.channel);
        if (!EXPECT_TRUE(server > 0) || !EXPECT_TRUE(await_answers(&askers[i % 2], before + 2))) {
            break;
        }
        EXPECT_OK(coco_process_kill((coco_handle_t)server, COCO_SIGNAL_KILL));
        EXPECT_TRUE(child_wait(server, &status));
    }
    for (int i = 0; i < 2; i++) {
        __atomic_store_n(&askers[i].stop, 1, __ATOMIC_RELEASE);
    }
    /* Without this end of the channel, and without a server, what waits is cancelled. */
    channel_close_end(&pair.channel);
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(thread_join(&askers[i].thread));
        EXPECT_OK(askers[i].wrong);
        EXPECT_TRUE(askers[i].answers >= KILLS);
    }
    channel_close(&pair);
}

/* An honest client is served all the while. */
TEST(channel_call, client_that_means_harm, RULE("channel_call.3"))
{
    struct channel_pair pair;
    struct asker asker = {0};
    struct coco_exit_status status;
    const coco_handle_t ready = event_made(0);
    REQUIRE(channel_make(&pair, 0));
    int64_t server = server_start(pair.channel);
    int64_t other = coco_channel_connect(pair.channel, 666, COCO_CONNECT_NOTIFY_CLOSE);
    REQUIRE_TRUE(server > 0 && other > 0);
    const struct coco_spawn_handle handles[] = {
        {.handle = (coco_handle_t)other, .rights = COCO_RIGHT_WRITE, .role = COCO_ROLE_FD + 9},
        {.handle = ready, .rights = COCO_RIGHT_WRITE, .role = COCO_ROLE_FD + 10},
    };
    int64_t attacker = child_spawn(
        &(struct child){.arguments = {"attack_server"}, .handles = handles, .handle_count = 2});
    REQUIRE_TRUE(attacker > 0);
    EXPECT_OK(coco_close((coco_handle_t)other));
    /* Ready, or ended because something was not refused. */
    struct coco_poll entries[2];
    struct coco_wait_set set = coco_wait_set_in(entries, 2);
    EXPECT_EQ(coco_wait_add(&set, (coco_handle_t)attacker, COCO_EVENT_ENDED), 0);
    EXPECT_EQ(coco_wait_add(&set, ready, COCO_EVENT_READ), 1);
    EXPECT_ERROR(coco_wait_add(&set, ready, COCO_EVENT_READ), NOMEM);
    EXPECT_EQ(coco_wait_any(&set, coco_deadline_after(30 * SECONDS)), 1);
    asker.connection = pair.connection;
    REQUIRE_OK(thread_start(&asker.thread, ask, &asker));
    EXPECT_TRUE(await_answers(&asker, 300));
    EXPECT_OK(
        coco_process_kill((coco_handle_t)attacker, COCO_SIGNAL_KILL)); /* messages in flight */
    EXPECT_TRUE(child_wait(attacker, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    EXPECT_TRUE(await_answers(&asker, asker.answers + 50));
    __atomic_store_n(&asker.stop, 1, __ATOMIC_RELEASE);
    EXPECT_OK(thread_join(&asker.thread));
    EXPECT_OK(asker.wrong);
    EXPECT_EQ(asker.canceled, 0);
    const uint64_t stop = 0;
    const struct coco_ipc_message last = {.request = &stop, .length = sizeof(stop)};
    EXPECT_OK(coco_ipc_call_until(pair.connection, &last, coco_deadline_after(30 * SECONDS)));
    EXPECT_TRUE(child_wait(server, &status));
    EXPECT_EQ(status.code, 0);
    EXPECT_OK(coco_close(ready));
    channel_close(&pair);
}

TEST(object_poll, waiting_for_one, RULE("object_poll.2"))
{
    coco_handle_t event = event_made(0);
    EXPECT_ERROR(coco_wait_one(event, COCO_EVENT_READ, coco_deadline_after(MILLISECONDS)),
                 TIMEDOUT);
    EXPECT_OK(coco_event_signal(event, 1));
    EXPECT_EQ(coco_wait_one(event, COCO_EVENT_READ, COCO_FOREVER), COCO_EVENT_READ);
    EXPECT_EQ(coco_deadline_after(UINT64_MAX), COCO_FOREVER);
    EXPECT_OK(coco_close(event));
}
