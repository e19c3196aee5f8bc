// SPDX-License-Identifier: MIT
// State of clients, and servers that go away.
#include <stdlib.h>

#include <coconut/coconut.h>
#include <coconut/event.h>

#include "channel.h"
#include "check.h"
#include "service.h"

#define CLIENTS 3u

struct state {
    uint64_t calls;
};

static uint64_t gone_badge;
static uint64_t gone_calls;
static unsigned gone;

static void client_gone(void *context, uint64_t badge, void *state)
{
    (void)context;
    gone_badge = badge;
    gone_calls = ((struct state *)state)->calls;
    gone++;
}

/* Answers with how often this client has asked. */
static int32_t count(struct coco_call *call, const struct everything_add_arguments *arguments,
                     struct everything_add_results *results)
{
    struct state *state = call->client;

    (void)arguments;
    results->sum = ++state->calls;
    return 0;
}

static const struct everything_server counting = {.add = count};

static uint64_t ask(coco_handle_t connection, int32_t wanted)
{
    static struct coco_client client;
    const struct everything_add_arguments in = {0};
    struct everything_add_results out = {0};

    coco_client_init(&client, connection);
    CHECK(everything_add(&client, &in, &out) == wanted);
    return out.sum;
}

/* More clients than there is room for: the others go on, and a place that gets free is used again.
 */
static void bounded_state(void)
{
    static uint64_t memory[COCO_SERVER_CLIENTS_SIZE(CLIENTS, sizeof(struct state)) / 8];
    static struct running running;
    coco_handle_t connections[CLIENTS + 1];

    running_make(&running);
    running.server.interfaces[0].operations = &counting;
    struct coco_server_clients clients = {.memory = memory,
                                          .size = sizeof(memory),
                                          .state_size = sizeof(struct state),
                                          .gone = client_gone};
    CHECK(coco_server_keep_clients(&running.server, &clients) == 0);
    CHECK(running.server.client_count == CLIENTS);
    running_start(&running);
    for (uint32_t i = 0; i <= CLIENTS; i++) {
        connections[i] = running_connect(&running, 100 + i, COCO_CONNECT_NOTIFY_CLOSE);
        (void)ask(connections[i], i < CLIENTS ? 0 : COCO_ENOBUFS);
    }
    CHECK(ask(connections[1], 0) == 2);
    CHECK(ask(connections[0], 0) == 2);
    CHECK(ask(connections[1], 0) == 3);
    CHECK(coco_close(connections[1]) == 0);
    CHECK(ask(connections[CLIENTS], 0) == 1); /* in the place of the one that has gone */
    CHECK(ask(connections[2], 0) == 2);
    CHECK(running_stop(&running) == 0);
    CHECK(gone == 1 && gone_badge == 101 && gone_calls == 3);
    CHECK(running.server.clients_refused == 1);
    CHECK(coco_close(connections[0]) == 0 && coco_close(connections[2]) == 0 &&
          coco_close(connections[CLIENTS]) == 0);
}

static void bad_memory_for_state(void)
{
    static uint64_t memory[8];
    static struct coco_server server;
    struct coco_server_clients clients = {.memory = memory, .size = 8, .state_size = 8};

    coco_server_init(&server);
    CHECK(coco_server_keep_clients(&server, &clients) == COCO_EINVAL); /* no room for one */
    clients.size = sizeof(memory);
    clients.memory = (char *)memory + 1;
    CHECK(coco_server_keep_clients(&server, &clients) == COCO_EINVAL);
    clients.memory = NULL;
    CHECK(coco_server_keep_clients(&server, &clients) == COCO_EINVAL);
    CHECK(coco_server_run(&server) == COCO_EINVAL); /* nothing to serve */
    CHECK(coco_server_add(&server, &(struct coco_served){.channel = COCO_HANDLE_NONE,
                                                         .dispatch = everything_dispatch}) ==
          COCO_EINVAL);
}

/* A server thread that takes a call and ends, `crashes` times; then one that serves. */
struct failing {
    struct running running;
    unsigned crashes;
    pthread_t thread;
};

static void *take_and_end(void *argument)
{
    struct failing *failing = argument;
    struct coco_channel_message message[130];

    CHECK(coco_channel_receive(failing->running.channel, message, sizeof(message), COCO_FOREVER) >=
          0);
    return NULL;
}

static void *fail_and_recover(void *argument)
{
    struct failing *failing = argument;

    for (unsigned i = 0; i < failing->crashes; i++) {
        pthread_t victim;
        CHECK(pthread_create(&victim, NULL, take_and_end, failing) == 0);
        CHECK(pthread_join(victim, NULL) == 0);
    }
    running_start(&failing->running);
    return NULL;
}

/* Idempotent calls outlive it; others end with one definite error. */
static void server_that_goes_away(void)
{
    static struct failing failing;
    static struct coco_client client;
    const struct everything_add_arguments in = {.a = 1, .b = 2};
    struct everything_add_results out = {0};
    const struct everything_scalars_arguments once = {.e = EVERYTHING_COLOUR_RED};
    struct everything_scalars_results none;

    running_make(&failing.running);
    coco_client_init(&client, running_connect(&failing.running, 5, 0));
    failing.crashes = 10;
    CHECK(pthread_create(&failing.thread, NULL, fail_and_recover, &failing) == 0);
    CHECK(everything_add(&client, &in, &out) == 0 && out.sum == 3);
    CHECK(client.interrupted == 10 && client.calls == 1);
    CHECK(pthread_join(failing.thread, NULL) == 0);
    CHECK(running_stop(&failing.running) == 0);
    CHECK(coco_close(client.connection) == 0);

    running_make(&failing.running);
    coco_client_init(&client, running_connect(&failing.running, 5, 0));
    failing.crashes = 1;
    CHECK(pthread_create(&failing.thread, NULL, fail_and_recover, &failing) == 0);
    CHECK(everything_scalars(&client, &once, &none) == COCO_ECANCELED);
    CHECK(everything_scalars(&client, &once, &none) == 0);
    CHECK(pthread_join(failing.thread, NULL) == 0);
    CHECK(running_stop(&failing.running) == 0);
    CHECK(coco_close(client.connection) == 0);
}

void service_clients_tests(void)
{
    check_run("bounded_state", bounded_state);
    check_run("bad_memory_for_state", bad_memory_for_state);
    check_run("server_that_goes_away", server_that_goes_away);
}
