// SPDX-License-Identifier: MIT
// Starting one service: its policy, its root directory, its channels and no other handle.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <coconut/coconut.h>
#include <coconut/service.h>

#include "service.h"

#define ENVIRONMENT_MAX 16384u
#define HANDLES_MAX (2u * MANIFEST_CHANNELS_MAX + 2u)
#define EMPTY_ROOT "/run/empty" /* what a service without a root sees */

coco_handle_t channel_find(const struct world *world, const char *name)
{
    for (uint32_t i = 0; i < world->channel_count; i++) {
        if (strcmp(world->channels[i].name, name) == 0) {
            return world->channels[i].handle;
        }
    }
    return COCO_HANDLE_NONE;
}

/* What is handed to a service, and the text that tells it. */
struct gift {
    struct coco_spawn_handle handles[HANDLES_MAX];
    uint32_t count;
    uint32_t first_connection; /* they are closed after the start */
    uint32_t connections;
    char environment[ENVIRONMENT_MAX];
    size_t environment_len;
    uint32_t environment_count;
};

static bool append(struct gift *gift, const char *text, size_t len)
{
    if (len > sizeof(gift->environment) - gift->environment_len) {
        return false;
    }
    memcpy(gift->environment + gift->environment_len, text, len);
    gift->environment_len += len;
    return true;
}

/* NAME=channel:handle,... for `count` channels; numbers follow the order of the gift. */
static bool append_list(struct gift *gift, const char *variable, const char *const *names,
                        uint32_t count, uint32_t first)
{
    char part[300];
    int len = snprintf(part, sizeof(part), "%s=", variable);

    if (!append(gift, part, (size_t)len)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        len = snprintf(part, sizeof(part), "%s%s:%u", i > 0 ? "," : "", names[i], first + i);
        if (len >= (int)sizeof(part) || !append(gift, part, (size_t)len)) {
            return false;
        }
    }
    gift->environment_count++;
    return append(gift, "", 1);
}

uint64_t badge_next(struct world *world, const struct service *service)
{
    return ++world->connections << COCO_BADGE_SERVICE_BITS |
           ((uint64_t)(service - world->services) + 1);
}

/* The server's end may receive and reply, not make connections; a client's end may only be called
 * through. The server is told when it was closed. */
static int64_t fill_handles(struct world *world, const struct service *service, struct gift *gift)
{
    const struct manifest *manifest = &service->manifest;

    for (uint32_t i = 0; i < manifest->header.offer_count; i++) {
        gift->handles[gift->count++] = (struct coco_spawn_handle){
            channel_find(world, manifest->offers[i]), COCO_RIGHT_READ | COCO_RIGHT_WAIT, 0, 0};
    }
    gift->first_connection = gift->count;
    for (uint32_t i = 0; i < manifest->header.use_count; i++) {
        int64_t connection =
            coco_channel_connect(channel_find(world, manifest->uses[i]), badge_next(world, service),
                                 COCO_CONNECT_NOTIFY_CLOSE);

        if (coco_is_error(connection)) {
            return connection;
        }
        gift->handles[gift->count++] = (struct coco_spawn_handle){
            (coco_handle_t)connection, COCO_RIGHT_WRITE | COCO_RIGHT_WAIT, 0, 0};
        gift->connections++;
    }
    return 0;
}

/* Behind its channels: the reader of the machine's log, from its oldest record on, for who may have
 * it, and last its own log. */
static bool add_logs(const struct world *world, const struct service *service, struct gift *gift)
{
    char text[sizeof(gift->environment)];

    if ((service->manifest.header.log_flags & MANIFEST_LOG_MACHINE) != 0) {
        gift->handles[gift->count++] =
            (struct coco_spawn_handle){world->reader, COCO_RIGHT_READ | COCO_RIGHT_WAIT, 0, 0};
        (void)coco_log_seek(world->reader, 0);
        int len = snprintf(text, sizeof(text), "COCONUT_LOG_READER=%u", gift->count);

        if (!append(gift, text, (size_t)len + 1)) {
            return false;
        }
        size_t size = logs_describe(world, text, sizeof(text));
        if (size > sizeof(text) || !append(gift, text, size)) {
            return false;
        }
        gift->environment_count += 3;
    }
    gift->handles[gift->count++] = (struct coco_spawn_handle){service->log, COCO_RIGHT_WRITE, 0, 0};
    return true;
}

static void close_connections(const struct gift *gift)
{
    for (uint32_t i = 0; i < gift->connections; i++) {
        coco_close(gift->handles[gift->first_connection + i].handle);
    }
}

/* What it sees: its root, or what its view names, with what a device may be used for. Returns the
 * number of entries. */
static uint32_t fill_view(const struct manifest *manifest, struct coco_view *view)
{
    uint32_t count = 0;

    if (manifest->root != NULL) {
        view[count++] = (struct coco_view){(uintptr_t)manifest->root, COCO_VIEW_WRITE, 0};
    } else if (manifest->header.view_count == 0) {
        view[count++] = (struct coco_view){(uintptr_t)EMPTY_ROOT, 0, 0};
    }
    for (uint32_t i = 0; i < manifest->header.view_count; i++) {
        const char *entry = manifest->view[i];

        view[count++] =
            (struct coco_view){(uintptr_t)(entry + 1), entry[0] == 'r' ? 0 : COCO_VIEW_WRITE, 0};
    }
    return count;
}

/* Directories that it may change are there, also if the image has nothing in them. */
static void make_folders(const struct manifest *manifest)
{
    char path[1100];

    for (uint32_t i = 0; i < manifest->header.view_count; i++) {
        const char *entry = manifest->view[i];

        if (entry[0] != 'w' || strlen(entry) > sizeof(path)) {
            continue;
        }
        strcpy(path, entry + 1);
        for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
            *slash = '\0';
            (void)mkdir(path, 0755);
            *slash = '/';
        }
        (void)mkdir(path, 0755); /* if this fails, so does the start, with a reason */
    }
}

void folders_make(const struct world *world)
{
    for (uint32_t i = 0; i < world->count; i++) {
        make_folders(&world->services[i].manifest);
    }
}

/* More than all processors is all of them. */
static uint64_t cpu_budget_of(const struct manifest *manifest)
{
    uint64_t most = manifest->header.cpu_period * (uint64_t)coco_query(COCO_QUERY_CPU_COUNT);

    return manifest->header.cpu_budget < most ? manifest->header.cpu_budget : most;
}

/* The directory that is its "/"; NULL for that of the image. */
static const char *root_of(const struct manifest *manifest)
{
    if (manifest->root != NULL || manifest->header.view_count != 0) {
        return manifest->root;
    }
    return EMPTY_ROOT;
}

static int64_t spawn(const struct manifest *manifest, const struct gift *gift)
{
    static struct coco_view view[MANIFEST_VIEW_MAX + 1];
    const struct coco_policy policy = {
        .size = sizeof(policy),
        .call_count = manifest->header.call_count,
        .calls = (uintptr_t)manifest->calls,
        .memory = manifest->header.memory,
        .tasks = manifest->header.threads,
        .root = (uintptr_t)root_of(manifest),
        .handles = manifest->header.handles,
        .flags = COCO_POLICY_VIEW,
        .view = (uintptr_t)view,
        .view_count = fill_view(manifest, view),
        .cpu_budget = cpu_budget_of(manifest),
        .cpu_period = manifest->header.cpu_period,
    };
    const struct coco_spawn arguments = {
        .size = sizeof(arguments),
        .flags = COCO_SPAWN_LOG,
        .path = (uintptr_t)manifest->executable,
        .arguments = (uintptr_t)manifest->arguments.text,
        .arguments_len = manifest->arguments.len,
        .argument_count = manifest->arguments.count,
        .environment = (uintptr_t)gift->environment,
        .environment_len = gift->environment_len,
        .environment_count = gift->environment_count,
        .handles = (uintptr_t)gift->handles,
        .handle_count = gift->count,
    };

    return coco_process_spawn_confined(&arguments, &policy);
}

int64_t service_start(struct world *world, struct service *service)
{
    static struct gift gift;
    const struct manifest *manifest = &service->manifest;
    uint32_t offers = manifest->header.offer_count;

    gift.count = gift.connections = 0;
    gift.environment_len = 0;
    gift.environment_count = manifest->environment.count;
    int64_t result = COCO_ETOOBIG;
    if (append(&gift, manifest->environment.text, manifest->environment.len) &&
        append_list(&gift, "COCONUT_OFFERS", manifest->offers, offers, 1) &&
        append_list(&gift, "COCONUT_CHANNELS", manifest->uses, manifest->header.use_count,
                    offers + 1)) {
        result = fill_handles(world, service, &gift);
    }
    if (!coco_is_error(result)) {
        result = add_logs(world, service, &gift) ? spawn(manifest, &gift) : COCO_ETOOBIG;
    }
    close_connections(&gift);
    if (coco_is_error(result)) {
        return result;
    }
    service->process = (coco_handle_t)result;
    return 0;
}
