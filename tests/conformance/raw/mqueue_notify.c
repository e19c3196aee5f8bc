// SPDX-License-Identifier: MIT
// Tests of `mqueue_notify`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "queues.h"
#include "signals.h"
#include "turns.h"

static int64_t notify(coco_handle_t queue, uint32_t how)
{
    return coco_mqueue_notify(queue, how, SIGNAL_ONE, 77);
}

static void take(coco_handle_t queue)
{
    char text[8];
    EXPECT_TRUE(coco_mqueue_receive(queue, text, 8, 0) >= 0);
}

TEST(mqueue_notify, by_signal, RULE("mqueue_notify.2"), RULE("mqueue_notify.3"))
{
    coco_handle_t queue = queue_make(4, 8, 0);
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_SIGNAL));
    EXPECT_OK(queue_send(queue, "a", 0));
    EXPECT_TRUE(signals_await(1));
    EXPECT_EQ(signals_caught.info[0].signal, SIGNAL_ONE);
    EXPECT_EQ(signals_caught.info[0].code, COCO_SIGNAL_FROM_MQUEUE);
    EXPECT_EQ(signals_caught.info[0].value, 77);
    EXPECT_EQ(signals_caught.info[0].sender, coco_process_id());
    /* Only once, and only for the empty queue. */
    take(queue);
    EXPECT_OK(queue_send(queue, "b", 0));
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_SIGNAL));
    EXPECT_OK(queue_send(queue, "c", 0));
    EXPECT_EQ(signals_caught.count, 1);
    take(queue);
    take(queue);
    EXPECT_OK(queue_send(queue, "d", 0));
    EXPECT_TRUE(signals_await(2));
    signals_reset();
    queue_remove(queue);
}

static uint32_t watch_events(int64_t watch)
{
    struct coco_poll entry = {.handle = (coco_handle_t)watch, .wanted = COCO_EVENT_ENDED};
    EXPECT_TRUE(coco_object_poll(&entry, 1, 0) >= 0);
    return entry.returned;
}

TEST(mqueue_notify, by_handle, RULE("mqueue_notify.4"), RULE("mqueue_notify.5"))
{
    coco_handle_t queue = queue_make(4, 8, 0);
    int64_t watch = notify(queue, COCO_MQUEUE_NOTIFY_HANDLE);
    REQUIRE_TRUE(watch > 0);
    EXPECT_EQ((uint64_t)coco_handle_info((coco_handle_t)watch) >> 32, COCO_RIGHT_WAIT);
    EXPECT_EQ(watch_events(watch), 0);
    EXPECT_OK(queue_send(queue, "a", 0));
    EXPECT_EQ(watch_events(watch), COCO_EVENT_ENDED);
    EXPECT_OK(coco_close((coco_handle_t)watch));
    take(queue);
    watch = notify(queue, COCO_MQUEUE_NOTIFY_HANDLE);
    REQUIRE_TRUE(watch > 0);
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_REMOVE));
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_REMOVE));
    EXPECT_EQ(watch_events(watch), COCO_EVENT_HANGUP);
    EXPECT_OK(coco_close((coco_handle_t)watch));
    /* The end of the description ends the registration. */
    watch = notify(queue, COCO_MQUEUE_NOTIFY_HANDLE);
    REQUIRE_TRUE(watch > 0);
    queue_remove(queue);
    EXPECT_EQ(watch_events(watch), COCO_EVENT_HANGUP);
    EXPECT_OK(coco_close((coco_handle_t)watch));
}

TEST(mqueue_notify, refusals, RULE("mqueue_notify.1"), RULE("mqueue_notify.3"),
     RULE("mqueue_notify.6"), RULE("mqueue_notify.EINVAL"), RULE("mqueue_notify.EBUSY"))
{
    coco_handle_t queue = queue_make(1, 8, 0);
    EXPECT_ERROR(notify(queue, COCO_MQUEUE_NOTIFY_HANDLE + 1), INVAL);
    EXPECT_ERROR(coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_SIGNAL, 0, 0), INVAL);
    EXPECT_ERROR(coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_SIGNAL, COCO_SIGNAL_MAX + 1, 0),
                 INVAL);
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_NOTHING));
    EXPECT_ERROR(notify(queue, COCO_MQUEUE_NOTIFY_NOTHING), BUSY);
    EXPECT_ERROR(notify(queue, COCO_MQUEUE_NOTIFY_HANDLE), BUSY);
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_REMOVE));
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_NOTHING));
    EXPECT_OK(queue_send(queue, "a", 0)); /* used up */
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_NOTHING));
    queue_remove(queue);
}

/* A process that ended with a registration through a description that lives on does not block. */
TEST(mqueue_notify, process_ends, RULE("mqueue_notify.1"))
{
    struct coco_exit_status status;
    coco_handle_t queue = queue_make(1, 8, 0);
    const struct coco_spawn_handle given[] = {
        {.handle = queue, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9}};
    int64_t process = child_spawn(
        &(struct child){.arguments = {"register_queue"}, .handles = given, .handle_count = 1});
    REQUIRE_TRUE(process > 0);
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    EXPECT_OK(notify(queue, COCO_MQUEUE_NOTIFY_NOTHING));
    queue_remove(queue);
}

struct receiver {
    struct thread thread;
    coco_handle_t queue;
};

static void receive_one(void *argument)
{
    struct receiver *receiver = argument;
    char text[8];
    EXPECT_EQ(coco_mqueue_receive(receiver->queue, text, 8, COCO_FOREVER), 1);
}

/* A thread that waits takes the message, and nobody is told. */
TEST(mqueue_notify, receiver_first, RULE("mqueue_notify.2"))
{
    coco_handle_t queue = queue_make(1, 8, 0);
    struct receiver receiver = {.queue = queue};
    turns_begin();
    EXPECT_OK(thread_start(&receiver.thread, receive_one, &receiver));
    turns_pass(); /* now it waits */
    turns_end();
    int64_t watch = notify(queue, COCO_MQUEUE_NOTIFY_HANDLE);
    REQUIRE_TRUE(watch > 0);
    EXPECT_OK(queue_send(queue, "a", 0));
    EXPECT_OK(thread_join(&receiver.thread));
    EXPECT_EQ(watch_events(watch), 0);
    EXPECT_OK(coco_close((coco_handle_t)watch));
    queue_remove(queue);
}
