// SPDX-License-Identifier: MIT
// Keeping services going: start in order, restart with back-off, give up, stop in reverse order.
#include <inttypes.h>
#include <string.h>

#include <coconut/coconut.h>

#include "service.h"

#define MS 1000000ull
#define SECOND (1000u * MS)

static uint64_t now(void)
{
    return (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
}

static void start(struct world *world, struct service *service)
{
    int64_t result = service_start(world, service);

    if (coco_is_error(result)) {
        say("service %s: cannot start: error %" PRId64, service->manifest.name, result);
        service->state = SERVICE_GIVEN_UP;
        return;
    }
    service->state = SERVICE_RUNNING;
    service->total++;
    say("service %s: running, process %" PRId64 ", start %u", service->manifest.name,
        coco_process_handle_id(service->process), service->total);
}

/* The delay before the next start: doubled with each restart in the window. */
static uint64_t delay_of(const struct service *service)
{
    const struct manifest_header *header = &service->manifest.header;
    uint64_t delay = header->delay_ms;

    for (uint32_t i = 1; i < service->restarts && delay < header->delay_max_ms; i++) {
        delay *= 2;
    }
    return (delay < header->delay_max_ms ? delay : header->delay_max_ms) * MS;
}

/* What becomes of a service that has ended. */
static void decide(struct service *service, const struct coco_exit_status *status)
{
    const struct manifest_header *header = &service->manifest.header;
    bool good = status->reason == COCO_EXIT_CODE && status->code == 0;
    uint64_t time = now();

    say("service %s: ended, reason %u, code %u", service->manifest.name, status->reason,
        status->code);
    if (header->restart == RESTART_NEVER || (header->restart == RESTART_ON_FAILURE && good)) {
        service->state = good ? SERVICE_ENDED : SERVICE_GIVEN_UP;
        return;
    }
    if (time - service->window > header->within_s * SECOND) {
        service->window = time;
        service->restarts = 0;
    }
    if (service->restarts == header->attempts) {
        service->state = SERVICE_GIVEN_UP;
        say("service %s: given up after %u restarts", service->manifest.name, service->restarts);
        return;
    }
    service->restarts++;
    service->state = SERVICE_WAITING;
    service->restart_at = time + delay_of(service);
}

static void reap(struct service *service)
{
    struct coco_exit_status status;

    if (!coco_is_error(coco_process_wait(service->process, 0, &status))) {
        coco_close(service->process);
        decide(service, &status);
    }
}

/* Takes what the host has sent: all but the one byte is nothing to init. */
static void hear_host(struct world *world)
{
    char bytes[64];
    const int64_t count = coco_read(world->host, bytes, sizeof(bytes));

    if (count <= 0) {
        (void)coco_close(world->host);
        world->host = COCO_HANDLE_NONE;
    } else if (memchr(bytes, ASK_TO_END, (size_t)count) != NULL) {
        world->asked = true;
    }
}

/* Waits until a service has ended or is due, or somebody else wants something. */
static void wait_for_event(struct world *world)
{
    struct coco_poll polls[SERVICES_MAX + 2]; /* behind the services the registry and the host */
    uint64_t deadline = COCO_FOREVER;

    for (uint32_t i = 0; i < world->count; i++) {
        const struct service *service = &world->services[i];
        bool running = service->state == SERVICE_RUNNING;

        polls[i] = (struct coco_poll){running ? service->process : COCO_HANDLE_NONE,
                                      COCO_EVENT_ENDED, 0, 0};
        if (service->state == SERVICE_WAITING && service->restart_at < deadline) {
            deadline = service->restart_at;
        }
    }
    polls[world->count] = (struct coco_poll){channel_find(world, REGISTRY), COCO_EVENT_READ, 0, 0};
    polls[world->count + 1] = (struct coco_poll){world->host, COCO_EVENT_READ, 0, 0};
    (void)coco_object_poll(polls, world->count + 2, deadline); /* a timeout is an event, too */
    if (polls[world->count].returned != 0) {
        registry_serve();
    }
    if (polls[world->count + 1].returned != 0) {
        hear_host(world);
    }
    for (uint32_t i = 0; i < world->count; i++) {
        struct service *service = &world->services[i];

        if (service->state == SERVICE_RUNNING && polls[i].returned != 0) {
            reap(service);
        } else if (service->state == SERVICE_WAITING && service->restart_at <= now()) {
            start(world, service);
        }
    }
}

/* Ends what runs, the last one started first. */
static void stop_all(struct world *world)
{
    for (uint32_t i = world->count; i > 0; i--) {
        if (world->services[i - 1].state == SERVICE_RUNNING) {
            service_stop(world, &world->services[i - 1]);
        }
    }
}

/* Whether anything is left to do: not without a critical service; `*failed` if it was given up. */
static bool goes_on(const struct world *world, bool *failed)
{
    bool busy = false;

    if (world->asked) {
        say("the host asks for the end of the machine");
        return false;
    }
    for (uint32_t i = 0; i < world->count; i++) {
        const struct service *service = &world->services[i];

        busy |= service->state == SERVICE_RUNNING || service->state == SERVICE_WAITING;
        if ((service->state == SERVICE_GIVEN_UP || service->state == SERVICE_ENDED) &&
            (service->manifest.header.flags & MANIFEST_CRITICAL) != 0) {
            say("service %s: critical, the machine is shut down", service->manifest.name);
            *failed = service->state == SERVICE_GIVEN_UP;
            return false;
        }
    }
    return busy;
}

int supervise(struct world *world)
{
    bool failed = false;

    for (uint32_t i = 0; i < world->count; i++) {
        world->services[i].window = now();
        start(world, &world->services[i]);
    }
    while (goes_on(world, &failed)) {
        wait_for_event(world);
    }
    stop_all(world);
    for (uint32_t i = 0; i < world->count; i++) {
        failed |= world->services[i].state == SERVICE_GIVEN_UP;
    }
    return failed ? 1 : 0;
}
