// SPDX-License-Identifier: MIT
// Channels, with host threads that really run at the same time.
#include <arch/cpu.h>
#include <host_sched.h>
#include <ipc/channel.h>
#include <ipc/message.h>
#include <machine.h>
#include <object/call_state.h>
#include <string.h>
#include <unit.h>

#define CALLS 3000u
#define SERVERS 3u
#define CLIENTS 4u

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_CHANNEL] = &channel_object_ops,
    [COCO_OBJECT_CONNECTION] = &connection_object_ops,
};

static struct object *channel;
static struct object *connection;
static uint32_t clients_left; /* atomic */
static uint32_t wrong;        /* atomic */

static void make(uint64_t badge, uint32_t flags)
{
    static bool started;

    if (!started) {
        machine_start();
        started = true;
    }
    host_thread_reset();
    UNIT_OK(channel_create(&channel));
    UNIT_OK(channel_connect(channel, badge, flags, &connection));
    object_handle_added(channel);
    object_handle_added(connection);
}

/* Drops the last handle and the reference. */
static void drop(struct object **object)
{
    object_handle_removed(*object);
    object_put(*object);
    *object = NULL;
}

/* What a thread's end does. */
static void end_thread(void)
{
    call_state_end(sched_call_state());
}

static void count_wrong(bool is_wrong)
{
    __atomic_fetch_add(&wrong, is_wrong, __ATOMIC_RELAXED);
}

static enum status call(uint64_t value, uint64_t *answer)
{
    const struct channel_request request = {.deadline = WAIT_FOREVER, .reply_capacity = 8};
    struct message *message;
    enum status status = message_prepare(&message);

    if (status == OK) {
        memcpy(message->data, &value, sizeof(value));
        message->header.length = sizeof(value);
        status = channel_send(connection, &request);
    }
    if (status == OK) {
        memcpy(answer, message_current()->data, sizeof(*answer));
    }
    return status;
}

/* Adds one to what comes, until the channel is closed. Now and then it lets a call go unanswered.
 */
static void serve(bool forgetful)
{
    struct message *message;
    enum status status = message_prepare(&message);

    if (status == OK) {
        status = channel_receive(channel, COCO_CHANNEL_MESSAGE_MAX, WAIT_FOREVER);
    }
    for (uint64_t round = 1; status == OK; round++) {
        uint64_t value;

        message = message_current();
        memcpy(&value, message->data, sizeof(value));
        value++;
        memcpy(message->data, &value, sizeof(value));
        if (forgetful && round % 7 == 0) {
            status = channel_receive(channel, COCO_CHANNEL_MESSAGE_MAX, WAIT_FOREVER);
        } else {
            status = channel_reply_receive(channel, COCO_CHANNEL_MESSAGE_MAX);
        }
    }
    count_wrong(status != ERR_CANCELED);
}

static void ask(bool forgetful)
{
    for (uint64_t i = 0; i < CALLS; i++) {
        uint64_t value = i << 8 | arch_cpu_id();
        uint64_t answer = 0;
        enum status status = call(value, &answer);

        count_wrong(status == OK ? answer != value + 1 : !forgetful || status != ERR_CANCELED);
    }
    if (__atomic_sub_fetch(&clients_left, 1, __ATOMIC_ACQ_REL) == 0) {
        object_handle_removed(channel); /* the last handle: the servers end */
    }
}

static void run_thread(void *forgetful)
{
    if (arch_cpu_id() <= SERVERS) {
        serve(forgetful != NULL);
    } else {
        ask(forgetful != NULL);
    }
    end_thread();
}

static void run_all(void *forgetful)
{
    wrong = 0;
    clients_left = CLIENTS;
    make(7, 0);
    host_threads_run(SERVERS + CLIENTS, run_thread, forgetful);
    UNIT_EQUAL(wrong, 0);
    drop(&connection);
    object_put(channel);
}

UNIT_TEST(channel_answers_go_to_who_asked)
{
    run_all(NULL);
}

UNIT_TEST(channel_calls_without_answer_are_cancelled)
{
    static bool forgetful;

    run_all(&forgetful);
}

static void serve_one_and_end(void *unused)
{
    struct message *message;

    (void)unused;
    if (arch_cpu_id() == 1) {
        UNIT_OK(message_prepare(&message));
        UNIT_OK(channel_receive(channel, 8, WAIT_FOREVER));
    } else {
        uint64_t answer;

        UNIT_EQUAL(call(1, &answer), ERR_CANCELED);
    }
    end_thread();
}

UNIT_TEST(channel_server_that_ends_cancels_its_call)
{
    for (unsigned i = 0; i < 100; i++) {
        make(7, 0);
        host_threads_run(2, serve_one_and_end, NULL);
        drop(&connection);
        drop(&channel);
    }
}

/* A caller with a deadline and a server that answers about then: one of them is first. */
static void race(void *unused)
{
    struct message *message;

    (void)unused;
    UNIT_OK(message_prepare(&message));
    if (arch_cpu_id() == 1) {
        enum status status = channel_receive(channel, 8, host_now() + 50000000);

        if (status == OK) {
            message_current()->header.length = 0;
            status = channel_reply(channel);
            UNIT_CHECK(status == OK || status == ERR_NOTREADY);
        }
    } else {
        const struct channel_request request = {.deadline = host_now() + 20000};

        message->header.length = 0;
        enum status status = channel_send(connection, &request);
        UNIT_CHECK(status == OK || status == ERR_TIMEDOUT);
    }
    end_thread();
}

UNIT_TEST(channel_deadline_races_with_the_reply)
{
    for (unsigned i = 0; i < 300; i++) {
        make(7, 0);
        host_threads_run(2, race, NULL);
        drop(&connection);
        drop(&channel);
    }
}

/* Words about ended connections that nobody takes go with the channel; one that is taken has the
 * badge. */
UNIT_TEST(channel_tells_the_end_of_a_connection)
{
    struct message *message;

    make(42, COCO_CONNECT_NOTIFY_CLOSE);
    drop(&connection);
    UNIT_OK(message_prepare(&message));
    UNIT_OK(channel_receive(channel, 0, WAIT_FOREVER));
    UNIT_EQUAL(message_current()->header.kind, COCO_CHANNEL_CLOSED);
    UNIT_EQUAL(message_current()->header.badge, 42);
    UNIT_EQUAL(channel_receive(channel, 0, 0), ERR_TIMEDOUT);
    UNIT_OK(channel_connect(channel, 43, COCO_CONNECT_NOTIFY_CLOSE, &connection));
    object_handle_added(connection);
    drop(&connection);
    drop(&channel);
    end_thread();
}
