// SPDX-License-Identifier: MIT
// The supervisor: a server, an honest client, and beside them one attack after the other. The
// honest client gets its answers all the while, the server goes on, and nothing is left behind.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/event.h>
#include <coconut/service.h>

#include "hostile.h"
#include "leaks.h"

#define PATIENCE 60000000000ull /* ns */
#define ANSWERS 30u             /* of the honest client, while an attack goes on */
#define CROWD 20u

struct world {
    const char *program;
    coco_handle_t channel;
    coco_handle_t memory;
    coco_handle_t server;
    coco_handle_t honest;
    struct progress *progress;
};

struct progress *progress_map(coco_handle_t memory)
{
    const int64_t at =
        coco_mmap(memory, NULL, 0, sizeof(struct progress), COCO_MMAP_READ | COCO_MMAP_WRITE);
    return coco_is_error(at) ? NULL : (struct progress *)(uintptr_t)at;
}

/* Starts a client with a badge: its process, or an error. */
static int64_t start_client(const struct world *world, const char *argument, uint64_t badge)
{
    const int64_t connection =
        coco_channel_connect(world->channel, badge, COCO_CONNECT_NOTIFY_CLOSE);
    const struct coco_service_handle handles[] = {
        {"store", (coco_handle_t)connection,
         COCO_RIGHT_WRITE | COCO_RIGHT_WAIT | COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER, 0, 0},
        {"progress", world->memory, COCO_RIGHTS_SAME, 0, 0},
    };
    const struct coco_service_start start = {.path = world->program,
                                             .argument = argument,
                                             .handles = handles,
                                             .handle_count = badge == 1 ? 2 : 1};
    if (coco_is_error(connection)) {
        return connection;
    }
    const int64_t process = coco_service_start(&start);
    (void)coco_close((coco_handle_t)connection);
    return process;
}

/* Whether the honest client gets `count` more answers. */
static bool goes_on(const struct world *world, uint64_t count)
{
    const uint64_t deadline = coco_deadline_after(PATIENCE);
    const uint64_t before = __atomic_load_n(&world->progress->answers, __ATOMIC_ACQUIRE);

    while (__atomic_load_n(&world->progress->answers, __ATOMIC_ACQUIRE) < before + count) {
        struct coco_poll ended[] = {{world->honest, COCO_EVENT_ENDED, 0, 0},
                                    {world->server, COCO_EVENT_ENDED, 0, 0}};
        if (coco_object_poll(ended, 2, coco_deadline_after(1000000)) != 0 ||
            (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) > deadline) {
            return false;
        }
    }
    return true;
}

static bool attack_once(const struct world *world, uint32_t index, uint64_t badge)
{
    const struct attack *attack = &attacks[index];
    struct coco_exit_status status;
    char argument[24];

    (void)snprintf(argument, sizeof(argument), "attack%u", (unsigned)index);
    const int64_t process = start_client(world, argument, badge);
    if (coco_is_error(process)) {
        return false;
    }
    bool fine = goes_on(world, ANSWERS);
    if (attack->killed) {
        fine = coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL) == 0 && fine;
    }
    fine = coco_process_wait((coco_handle_t)process, coco_deadline_after(PATIENCE), &status) == 0 &&
           fine;
    (void)coco_close((coco_handle_t)process);
    return fine && (attack->killed ? status.reason == COCO_EXIT_KILLED
                                   : status.reason == COCO_EXIT_CODE && status.code == 0);
}

/* More clients than the server keeps: some are refused, and those that were there go on. */
static bool crowd(const struct world *world)
{
    int64_t connections[CROWD];
    bool fine = true;

    for (uint32_t i = 0; i < CROWD; i++) {
        struct coco_reply_header reply;
        const struct coco_request_header header = {.operation = 1};
        connections[i] = coco_channel_connect(world->channel, 1000 + i, COCO_CONNECT_NOTIFY_CLOSE);
        fine = coco_channel_call((coco_handle_t)connections[i], &header, sizeof(header), &reply,
                                 sizeof(reply)) == sizeof(reply) &&
               fine;
        fine = reply.status == (i < 7 ? COCO_EINVAL : COCO_ENOBUFS) && fine;
    }
    fine = goes_on(world, ANSWERS) && fine;
    for (uint32_t i = 0; i < CROWD; i++) {
        (void)coco_close((coco_handle_t)connections[i]);
    }
    return goes_on(world, ANSWERS) && fine;
}

static bool begin(struct world *world)
{
    world->channel = (coco_handle_t)coco_channel_create();
    world->memory = (coco_handle_t)coco_memory_create(sizeof(struct progress));
    world->progress = progress_map(world->memory);
    const struct coco_service_handle handle = {"store", world->channel,
                                               COCO_RIGHT_READ | COCO_RIGHT_WAIT, 1, 0};
    const struct coco_service_start start = {
        .path = world->program, .argument = "server", .handles = &handle, .handle_count = 1};
    const int64_t server = world->progress != NULL ? coco_service_start(&start) : COCO_ENOMEM;
    const int64_t client = coco_is_error(server) ? server : start_client(world, "honest", 1);

    world->server = (coco_handle_t)server;
    world->honest = (coco_handle_t)client;
    return !coco_is_error(client) && goes_on(world, 1);
}

/* The honest client ends well, and the server, asked to. */
static bool end(struct world *world)
{
    struct coco_exit_status status = {0};

    __atomic_store_n(&world->progress->over, 1, __ATOMIC_RELEASE);
    bool fine = coco_process_wait(world->honest, coco_deadline_after(PATIENCE), &status) == 0 &&
                status.reason == COCO_EXIT_CODE && status.code == 0;
    const int64_t manager = coco_channel_connect(world->channel, COCO_BADGE_MANAGER, 0);
    fine = coco_service_request_stop((coco_handle_t)manager, coco_deadline_after(PATIENCE)) == 0 &&
           fine;
    fine = coco_process_wait(world->server, coco_deadline_after(PATIENCE), &status) == 0 &&
           status.reason == COCO_EXIT_CODE && status.code == 0 && fine;
    (void)coco_close((coco_handle_t)manager);
    (void)coco_close(world->server);
    (void)coco_close(world->honest);
    (void)coco_close(world->channel);
    (void)coco_close(world->memory);
    (void)coco_munmap(world->progress, sizeof(struct progress));
    return fine;
}

static bool run(const char *program, bool say)
{
    struct world world = {.program = program};
    uint64_t badge = 100;

    if (!begin(&world)) {
        printf("server and client do not start\n");
        return false;
    }
    bool fine = true;
    for (uint32_t i = 0; i < attack_count; i++) {
        bool harmless = true;
        for (uint32_t n = 0; n < (say ? attacks[i].times : 1); n++) {
            harmless = attack_once(&world, i, badge++) && harmless;
        }
        if (say || !harmless) {
            printf("%s: %s\n", attacks[i].name, harmless ? "harmless" : "HARMFUL");
        }
        fine = fine && harmless;
    }
    const bool harmless = crowd(&world);
    if (say || !harmless) {
        printf("more clients than there is room for: %s\n", harmless ? "harmless" : "HARMFUL");
    }
    return end(&world) && fine && harmless;
}

int main(int argc, char **argv)
{
    struct usage before;

    if (argc > 1 && strcmp(argv[1], "server") == 0) {
        return store_serve();
    }
    if (argc > 1 && strcmp(argv[1], "honest") == 0) {
        return honest();
    }
    if (argc > 1 && strncmp(argv[1], "attack", 6) == 0) {
        const uint32_t index = (uint32_t)atoi(argv[1] + 6);
        return index < attack_count ? attacks[index].run(coco_service_used("store")) : 1;
    }
    bool fine = run(argv[0], false) && usage_read(&before) && run(argv[0], true);
    fine = fine && usage_is_back(&before);
    printf("%s\n", fine ? "the server and its other clients go on unharmed" : "something is wrong");
    return fine ? 0 : 1;
}
