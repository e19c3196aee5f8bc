// SPDX-License-Identifier: MIT
// Finding channels by name: what a manifest lists in channels.finds, and nothing else.
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/service.h>

#include "registry.h"
#include "service.h"

static struct coco_server server;

/* Who asks is in the badge, which init itself gave. */
static const struct manifest *manifest_of(const struct world *world, uint64_t badge)
{
    const uint32_t place = COCO_BADGE_SERVICE(badge);

    return place >= 1 && place <= world->count ? &world->services[place - 1].manifest : NULL;
}

static int32_t find(struct coco_call *call, const struct registry_find_arguments *arguments,
                    struct registry_find_results *results)
{
    struct world *world = call->context;
    const struct manifest *manifest = manifest_of(world, call->badge);

    for (uint32_t i = 0; manifest != NULL && i < manifest->header.find_count; i++) {
        if (strcmp(manifest->finds[i], arguments->name) != 0) {
            continue;
        }
        const uint32_t place = COCO_BADGE_SERVICE(call->badge);
        const int64_t connection = coco_channel_connect(
            channel_find(world, arguments->name), badge_next(world, &world->services[place - 1]),
            COCO_CONNECT_NOTIFY_CLOSE);
        if (coco_is_error(connection)) {
            return (int32_t)connection;
        }
        results->connection = (coco_handle_t)connection;
        return 0;
    }
    say("service %s may not find channel %s", manifest != NULL ? manifest->name : "?",
        arguments->name);
    return REGISTRY_ERROR_NOT_ALLOWED;
}

bool registry_make(struct world *world)
{
    static const struct registry_server handlers = {.find = find};
    const struct coco_served served = {
        .channel = channel_find(world, REGISTRY),
        .dispatch = registry_dispatch,
        .operations = &handlers,
        .context = world,
    };

    coco_server_init(&server);
    return served.channel == COCO_HANDLE_NONE || coco_server_add(&server, &served) == 0;
}

void registry_serve(void)
{
    const int64_t served = coco_server_serve_waiting(&server);

    if (coco_is_error(served)) {
        say("registry: error %d", (int)served);
    }
}
