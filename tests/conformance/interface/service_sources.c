// SPDX-License-Identifier: MIT
// A server that waits for more than one thing.
#include <coconut/coconut.h>
#include <coconut/event.h>

#include "channel.h"
#include "check.h"
#include "service.h"

#define MILLISECOND 1000000ull

struct watch {
    struct coco_source event;
    struct coco_source clock;
    struct coco_source once;
    uint64_t events;
    uint32_t ticks;
    uint32_t once_called;
};

static struct watch watch;

static void event_ready(struct coco_server *server, struct coco_source *source, uint32_t events)
{
    struct watch *seen = source->context;

    (void)server;
    if (events & COCO_EVENT_READ) {
        const int64_t bits = coco_event_wait(source->handle, 0xff, 0, 0);
        __atomic_fetch_or(&seen->events, (uint64_t)bits, __ATOMIC_RELEASE);
    }
}

static void tick(struct coco_server *server, struct coco_source *source, uint32_t events)
{
    struct watch *seen = source->context;

    (void)server;
    CHECK(events == 0 && source->deadline == COCO_FOREVER);
    if (__atomic_add_fetch(&seen->ticks, 1, __ATOMIC_RELEASE) < 5) {
        source->deadline = coco_deadline_after(MILLISECOND);
    }
}

/* Takes itself out, and another one with it. */
static void once_ready(struct coco_server *server, struct coco_source *source, uint32_t events)
{
    struct watch *seen = source->context;

    (void)events;
    __atomic_add_fetch(&seen->once_called, 1, __ATOMIC_RELEASE);
    coco_server_remove_source(server, source);
}

static uint64_t soon(const uint64_t *value, uint64_t wanted)
{
    for (int i = 0; i < 60000 && __atomic_load_n(value, __ATOMIC_ACQUIRE) != wanted; i++) {
        (void)coco_sleep_until(coco_deadline_after(MILLISECOND));
    }
    return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

static void timers_and_events(void)
{
    static struct running running;
    static struct coco_client client;
    const struct everything_add_arguments in = {.a = 40, .b = 2};
    struct everything_add_results out;
    const coco_handle_t event = round_trip_event(); /* bit 0 is set */

    running_make(&running);
    watch = (struct watch){
        .event = {event, COCO_EVENT_READ, COCO_FOREVER, event_ready, &watch},
        .clock = {COCO_HANDLE_NONE, 0, coco_deadline_after(MILLISECOND), tick, &watch},
        .once = {COCO_HANDLE_NONE, 0, 0, once_ready, &watch},
    };
    CHECK(coco_server_add_source(&running.server, &watch.once) == 0);
    CHECK(coco_server_add_source(&running.server, &watch.event) == 0);
    CHECK(coco_server_add_source(&running.server, &watch.clock) == 0);
    running_start(&running);
    coco_client_init(&client, running_connect(&running, 1, 0));
    for (int i = 0; i < 100; i++) {
        CHECK(everything_add(&client, &in, &out) == 0 && out.sum == 42);
    }
    CHECK(soon(&watch.events, 1) == 1);
    CHECK(coco_event_signal(event, 6) == 0);
    CHECK(soon(&watch.events, 7) == 7);
    for (int i = 0; i < 60000 && __atomic_load_n(&watch.ticks, __ATOMIC_ACQUIRE) < 5; i++) {
        (void)coco_sleep_until(coco_deadline_after(MILLISECOND));
    }
    CHECK(running_stop(&running) == 0);
    CHECK(watch.ticks == 5 && watch.once_called == 1);
    CHECK(coco_close(client.connection) == 0 && coco_close(event) == 0);
}

/* Two interfaces by one thread; clients of both are served while one floods. */
static void several_interfaces(void)
{
    static struct running running;
    static struct coco_client first;
    static struct coco_client second;
    const int64_t other = coco_channel_create();
    const struct everything_add_arguments in = {.a = 1, .b = 1};
    struct everything_add_results out;

    running_make(&running);
    CHECK(other > 0);
    const struct coco_served more = {.channel = (coco_handle_t)other,
                                     .dispatch = everything_dispatch,
                                     .operations = &round_trip_server};
    CHECK(coco_server_add(&running.server, &more) == 0);
    running_start(&running);
    const int64_t connection = coco_channel_connect((coco_handle_t)other, 2, 0);
    coco_client_init(&first, running_connect(&running, 1, 0));
    coco_client_init(&second, (coco_handle_t)connection);
    for (int i = 0; i < 50; i++) {
        CHECK(everything_add(&first, &in, &out) == 0 && out.sum == 2);
        CHECK(everything_add(&second, &in, &out) == 0 && out.sum == 2);
    }
    const struct everything_hand_over_arguments hand = {.memory = round_trip_memory(),
                                                        .given = round_trip_event()};
    struct everything_hand_over_results back;
    CHECK(everything_hand_over(&second, &hand, &back) == 0);
    CHECK(running_stop(&running) == 0);
    CHECK(coco_close(back.event) == 0 && coco_close(hand.memory) == 0 &&
          coco_close((coco_handle_t)other) == 0 && coco_close(first.connection) == 0 &&
          coco_close(second.connection) == 0);
}

static int32_t stop_now(struct coco_call *call, const struct everything_add_arguments *arguments,
                        struct everything_add_results *results)
{
    results->sum = arguments->a;
    coco_server_stop(call->context);
    return 0;
}

/* Who stops it in a handler gets the reply all the same. */
static void stopped_by_a_handler(void)
{
    static const struct everything_server handlers = {.add = stop_now};
    static struct running running;
    static struct coco_client client;
    const struct everything_add_arguments in = {.a = 9};
    struct everything_add_results out = {0};

    running_make(&running);
    running.server.interfaces[0].operations = &handlers;
    running.server.interfaces[0].context = &running.server;
    running_start(&running);
    coco_client_init(&client, running_connect(&running, 1, 0));
    CHECK(everything_add(&client, &in, &out) == 0 && out.sum == 9);
    CHECK(pthread_join(running.thread, NULL) == 0 && running.result == 0);
    CHECK(coco_close(client.connection) == 0 && coco_close(running.channel) == 0);
}

static void *ask_once(void *argument)
{
    static struct coco_client client;
    const struct everything_add_arguments in = {.a = 3, .b = 4};
    struct everything_add_results out = {0};

    coco_client_init(&client, *(const coco_handle_t *)argument);
    CHECK(everything_add(&client, &in, &out) == 0 && out.sum == 7);
    return NULL;
}

/* A program with a loop of its own. */
static void served_without_waiting(void)
{
    static struct running running;
    pthread_t thread;

    running_make(&running);
    coco_handle_t connection = running_connect(&running, 1, 0);
    CHECK(coco_server_serve_waiting(&running.server) == 0);
    CHECK(pthread_create(&thread, NULL, ask_once, &connection) == 0);
    CHECK(coco_wait_one(running.channel, COCO_EVENT_READ, COCO_FOREVER) == COCO_EVENT_READ);
    CHECK(coco_server_serve_waiting(&running.server) == 1);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(coco_close(running.channel) == 0);
    CHECK(coco_server_serve_waiting(&running.server) == COCO_ENOTFOUND);
    CHECK(coco_close(connection) == 0);
    CHECK(coco_service_find("nobody") == COCO_ENOTFOUND); /* without a registry */
}

/* Handlers that a server does not have, and more than there is room for. */
static void what_is_not_there(void)
{
    static const struct everything_server none = {.add = NULL};
    static struct running running;
    static struct coco_client client;
    static struct coco_source sources[COCO_SERVER_SOURCES_MAX + 1];

    running_make(&running);
    running.server.interfaces[0].operations = &none;
    running_start(&running);
    coco_client_init(&client, running_connect(&running, 1, 0));
    CHECK(everything_nothing(&client) == COCO_ENOSYS);
    CHECK(running_stop(&running) == 0);
    CHECK(coco_close(client.connection) == 0);
    for (uint32_t i = 0; i <= COCO_SERVER_SOURCES_MAX; i++) {
        CHECK(coco_server_add_source(&running.server, &sources[i]) ==
              (i < COCO_SERVER_SOURCES_MAX ? 0 : COCO_ENOMEM));
    }
}

void service_sources_tests(void)
{
    check_run("timers_and_events", timers_and_events);
    check_run("several_interfaces", several_interfaces);
    check_run("stopped_by_a_handler", stopped_by_a_handler);
    check_run("served_without_waiting", served_without_waiting);
    check_run("what_is_not_there", what_is_not_there);
}
