// SPDX-License-Identifier: MIT
// The supervisor: starts the server again and again, and kills it in the middle of a call. In the
// end no client hangs, the number is right as far as anybody can know, and the kernel has no
// object, handle or page more than before.
//
//     restart [KILLS]
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/event.h>
#include <coconut/service.h>

#include "leaks.h"
#include "restart.h"

#define PATIENCE 60000000000ull /* ns */
#define WARM_UP 20u             /* kills before counting begins: caches fill up */

struct world {
    const char *program;
    coco_handle_t channel;
    coco_handle_t memory;
    coco_handle_t busy;
    coco_handle_t clients[CLIENTS];
    struct shared *shared;
};

struct shared *shared_map(coco_handle_t memory)
{
    const int64_t at =
        coco_mmap(memory, NULL, 0, sizeof(struct shared), COCO_MMAP_READ | COCO_MMAP_WRITE);
    return coco_is_error(at) ? NULL : (struct shared *)(uintptr_t)at;
}

static bool good(const char *what, int64_t result)
{
    if (coco_is_error(result)) {
        printf("%s: error %" PRId64 "\n", what, result);
    }
    return !coco_is_error(result);
}

static int64_t start_server(const struct world *world)
{
    const struct coco_service_handle handles[] = {
        {"counter", world->channel, COCO_RIGHT_READ | COCO_RIGHT_WAIT, 1, 0},
        {"shared", world->memory, COCO_RIGHTS_SAME, 0, 0},
        {"busy", world->busy, COCO_RIGHT_WRITE, 0, 0},
    };
    const struct coco_service_start start = {
        .path = world->program, .argument = "server", .handles = handles, .handle_count = 3};
    return coco_service_start(&start);
}

static bool start_client(struct world *world, uint32_t number)
{
    const char *const names[CLIENTS] = {"client0", "client1"};
    const int64_t connection =
        coco_channel_connect(world->channel, number + 1, COCO_CONNECT_NOTIFY_CLOSE);
    const struct coco_service_handle handles[] = {
        {"counter", (coco_handle_t)connection, COCO_RIGHT_WRITE | COCO_RIGHT_WAIT, 0, 0},
        {"shared", world->memory, COCO_RIGHTS_SAME, 0, 0},
    };
    const struct coco_service_start start = {
        .path = world->program, .argument = names[number], .handles = handles, .handle_count = 2};

    if (!good("connecting", connection)) {
        return false;
    }
    const int64_t process = coco_service_start(&start);
    (void)coco_close((coco_handle_t)connection);
    world->clients[number] = (coco_handle_t)process;
    return good("starting a client", process);
}

/* Starts a server and waits until it is in the middle of a call; then it is killed. */
static bool kill_one(const struct world *world)
{
    struct coco_exit_status status;
    const int64_t server = start_server(world);

    if (!good("starting the server", server)) {
        return false;
    }
    const bool done =
        good("waiting for a call",
             coco_event_wait(world->busy, 1, 0, coco_deadline_after(PATIENCE))) &&
        good("killing", coco_process_kill((coco_handle_t)server, COCO_SIGNAL_KILL)) &&
        good("waiting for its end",
             coco_process_wait((coco_handle_t)server, coco_deadline_after(PATIENCE), &status));
    (void)coco_close((coco_handle_t)server);
    return done;
}

/* Tells the last server that it is over, waits for the clients, and stops the server in order. */
static bool finish(struct world *world)
{
    struct coco_exit_status status = {0};
    bool fine = true;

    __atomic_store_n(&world->shared->over, 1, __ATOMIC_RELEASE);
    const int64_t server = start_server(world);
    if (!good("starting the last server", server)) {
        return false;
    }
    for (uint32_t i = 0; i < CLIENTS; i++) {
        fine = good("a client hangs",
                    coco_process_wait(world->clients[i], coco_deadline_after(PATIENCE), &status)) &&
               fine;
        fine = fine && status.reason == COCO_EXIT_CODE && status.code == 0;
        (void)coco_close(world->clients[i]);
    }
    const int64_t manager = coco_channel_connect(world->channel, COCO_BADGE_MANAGER, 0);
    fine = good("stopping",
                coco_service_request_stop((coco_handle_t)manager, coco_deadline_after(PATIENCE))) &&
           fine;
    (void)coco_close((coco_handle_t)manager);
    fine = good("the server's end",
                coco_process_wait((coco_handle_t)server, coco_deadline_after(PATIENCE), &status)) &&
           fine;
    (void)coco_close((coco_handle_t)server);
    return fine && status.reason == COCO_EXIT_CODE && status.code == 0;
}

/* What the clients know of the number must fit what it is. */
static bool check(const struct shared *shared, unsigned kills)
{
    struct tally all = {0};

    for (uint32_t i = 0; i < CLIENTS; i++) {
        all.added += shared->clients[i].added;
        all.canceled += shared->clients[i].canceled;
        all.looks += shared->clients[i].looks;
        all.retried += shared->clients[i].retried;
    }
    printf("%u kills: %" PRIu64 " added, %" PRIu64 " canceled; %" PRIu64 " looked, %" PRIu64
           " again; the number is %" PRIu64 "\n",
           kills, all.added, all.canceled, all.looks, all.retried, shared->value);
    return all.canceled + all.retried == kills && shared->value >= all.added &&
           shared->value <= all.added + all.canceled;
}

static bool run(const char *program, unsigned kills)
{
    struct world world = {.program = program};
    const int64_t channel = coco_channel_create();
    const int64_t memory = coco_memory_create(sizeof(struct shared));
    const int64_t busy = coco_event_create(0);
    bool fine = good("channel", channel) && good("memory", memory) && good("event", busy);

    world.channel = (coco_handle_t)channel;
    world.memory = (coco_handle_t)memory;
    world.busy = (coco_handle_t)busy;
    world.shared = fine ? shared_map(world.memory) : NULL;
    fine = world.shared != NULL;
    for (uint32_t i = 0; fine && i < CLIENTS; i++) {
        fine = start_client(&world, i);
    }
    for (unsigned i = 0; fine && i < kills; i++) {
        fine = kill_one(&world);
    }
    fine = fine && finish(&world) && check(world.shared, kills);
    if (world.shared != NULL) {
        (void)coco_munmap(world.shared, sizeof(struct shared));
    }
    (void)coco_close(world.channel);
    (void)coco_close(world.memory);
    (void)coco_close(world.busy);
    return fine;
}

int main(int argc, char **argv)
{
    struct usage before;

    if (argc > 1 && strcmp(argv[1], "server") == 0) {
        return serve();
    }
    if (argc > 1 && strncmp(argv[1], "client", 6) == 0) {
        return count((uint32_t)atoi(argv[1] + 6));
    }
    const unsigned kills = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;
    bool fine = run(argv[0], WARM_UP) && usage_read(&before) && run(argv[0], kills);
    fine = fine && usage_is_back(&before);
    printf("%s\n", fine ? "no call hangs, nothing is left behind" : "something is wrong");
    return fine ? 0 : 1;
}
