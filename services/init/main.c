// SPDX-License-Identifier: MIT
// /init of images with services: reads what the image says, makes the channels, supervises.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <coconut/coconut.h>

#include "service.h"

#define FILE_MAX (1u << 20)

void say(const char *format, ...)
{
    char line[300];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line) - 1, format, arguments);
    va_end(arguments);
    strcat(line, "\n");
    (void)coco_write(COCO_HANDLE_LOG, line, strlen(line));
}

/* The whole file, with a NUL behind it; NULL if it cannot be read. The caller frees it. */
static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *data = file != NULL ? malloc(FILE_MAX + 1) : NULL;

    if (data != NULL) {
        *len = fread(data, 1, FILE_MAX, file);
        data[*len] = '\0';
    }
    if (file != NULL) {
        fclose(file);
    }
    char *shrunk = data != NULL ? realloc(data, *len + 1) : NULL;
    return shrunk != NULL ? shrunk : data;
}

static bool add_channel(struct world *world, const char *name)
{
    if (world->channel_count == CHANNELS_MAX) {
        say("more than %u channels", CHANNELS_MAX);
        return false;
    }
    int64_t handle = coco_channel_create();

    if (coco_is_error(handle)) {
        say("cannot make the channel %s", name);
        return false;
    }
    world->channels[world->channel_count++] = (struct channel){name, (coco_handle_t)handle};
    return true;
}

/* Those it offers, and the registry for the first that finds. */
static bool add_channels(struct world *world, const struct manifest *manifest)
{
    bool good = manifest->header.find_count == 0 ||
                channel_find(world, REGISTRY) != COCO_HANDLE_NONE || add_channel(world, REGISTRY);

    for (uint32_t i = 0; good && i < manifest->header.offer_count; i++) {
        good = add_channel(world, manifest->offers[i]);
    }
    return good;
}

static bool load_service(struct world *world, const char *name)
{
    struct service *service = &world->services[world->count];
    char path[128];
    size_t len = 0;

    snprintf(path, sizeof(path), MANIFEST_FOLDER "/%s.manifest", name);
    service->bytes = read_file(path, &len);
    if (service->bytes == NULL || !manifest_parse(service->bytes, len, &service->manifest)) {
        say("%s is missing or damaged", path);
        return false;
    }
    world->count++;
    return add_channels(world, &service->manifest);
}

bool world_load(struct world *world)
{
    size_t len = 0;
    char *list = read_file(LIST_PATH, &len);
    char *rest = list;
    bool good = list != NULL;

    if (!good) {
        say(LIST_PATH " is missing");
    }
    for (char *name; good && (name = strsep(&rest, "\n")) != NULL;) {
        if (*name != '\0') {
            good = world->count < SERVICES_MAX && load_service(world, name);
        }
    }
    free(list);
    return good;
}

/* What init says is in its log. Of the host's streams it keeps the one that the host asks for the
 * end of the machine through; there is none in a release image. */
static void close_streams(struct world *world)
{
    world->host = COCO_HANDLE_NONE;
    (void)fclose(stdout);
    (void)fclose(stderr);
    for (coco_handle_t handle = 1; handle < HANDLES_AT_START; handle++) {
        int64_t info = coco_handle_info(handle);

        if (coco_is_error(info) || (uint32_t)info != COCO_OBJECT_STREAM) {
            continue;
        }
        if (((uint64_t)info >> 32 & COCO_RIGHT_READ) != 0) {
            world->host = handle;
        } else {
            (void)coco_close(handle);
        }
    }
}

int main(void)
{
    static struct world world;

    (void)mkdir("/run", 0755);
    (void)mkdir("/run/empty", 0555);
    if (!world_load(&world) || !logs_make(&world) || !registry_make(&world)) {
        return 1;
    }
    folders_make(&world);
    close_streams(&world);
    if (!confine_init(&world)) {
        return 1;
    }
    return supervise(&world);
}
