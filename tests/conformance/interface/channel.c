// SPDX-License-Identifier: MIT
#include "channel.h"

#include <stdlib.h>

#include <coconut/coconut.h>
#include <coconut/event.h>

#define PATIENCE 60000000000ull /* ns */

static coco_handle_t must(int64_t made)
{
    if (coco_is_error(made)) {
        abort();
    }
    return (coco_handle_t)made;
}

void running_make(struct running *running)
{
    running->channel = must(coco_channel_create());
    const struct coco_served served = {
        .channel = running->channel,
        .dispatch = everything_dispatch,
        .operations = &round_trip_server,
    };
    coco_server_init(&running->server);
    if (coco_server_add(&running->server, &served) != 0) {
        abort();
    }
}

static void *serve(void *argument)
{
    struct running *running = argument;

    running->result = coco_server_run(&running->server);
    return NULL;
}

void running_start(struct running *running)
{
    if (pthread_create(&running->thread, NULL, serve, running) != 0) {
        abort();
    }
}

coco_handle_t running_connect(const struct running *running, uint64_t badge, uint32_t flags)
{
    return must(coco_channel_connect(running->channel, badge, flags));
}

int64_t running_stop(struct running *running)
{
    const coco_handle_t manager = running_connect(running, COCO_BADGE_MANAGER, 0);

    if (coco_service_request_stop(manager, coco_deadline_after(PATIENCE)) != 0 ||
        pthread_join(running->thread, NULL) != 0) {
        abort();
    }
    (void)coco_close(manager);
    (void)coco_close(running->channel);
    return running->result;
}

struct coco_client *round_trip_client(void)
{
    static struct running running;
    static struct coco_client client;

    if (running.thread == 0) {
        running_make(&running);
        running_start(&running);
        coco_client_init(&client, running_connect(&running, 1, 0));
    }
    return &client;
}

coco_handle_t round_trip_memory(void)
{
    return must(coco_memory_create(4096));
}

coco_handle_t round_trip_event(void)
{
    return must(coco_event_create(1));
}
