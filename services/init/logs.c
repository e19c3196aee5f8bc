// SPDX-License-Identifier: MIT
// Logs of the services: each has one with its name and rate, which stays while the service is
// started again, and one who reads the whole log may have that.
#include <stdio.h>
#include <string.h>

#include <coconut/coconut.h>

#include "service.h"

/* The handle to the machine, which is among those that init began with. */
static coco_handle_t find_system(void)
{
    for (coco_handle_t handle = 1; handle < HANDLES_AT_START; handle++) {
        int64_t info = coco_handle_info(handle);

        if (!coco_is_error(info) && (uint32_t)info == COCO_OBJECT_SYSTEM) {
            return handle;
        }
    }
    return COCO_HANDLE_NONE;
}

static bool make_log(coco_handle_t system, struct service *service)
{
    const struct manifest *manifest = &service->manifest;
    struct coco_log_options options = {.size = sizeof(options),
                                       .rate = manifest->header.log_rate,
                                       .burst = manifest->header.log_burst};

    snprintf(options.label, sizeof(options.label), "%s", manifest->name);
    int64_t log = coco_log_create(system, &options);
    if (coco_is_error(log)) {
        say("cannot make the log of %s", manifest->name);
        return false;
    }
    service->log = (coco_handle_t)log;
    return true;
}

bool logs_make(struct world *world)
{
    coco_handle_t system = find_system();
    bool good = system != COCO_HANDLE_NONE;

    for (uint32_t i = 0; good && i < world->count; i++) {
        good = make_log(system, &world->services[i]);
    }
    if (good) {
        int64_t reader = coco_log_reader_create(system);

        good = !coco_is_error(reader);
        world->reader = (coco_handle_t)reader;
    }
    /* Nothing else is done with the machine: whoever takes init over shall not have it. */
    (void)coco_close(system);
    return good;
}

size_t logs_describe(const struct world *world, char *text, size_t size)
{
    size_t len = (size_t)snprintf(text, size, "COCONUT_LOG_SERVICES=");

    for (uint32_t i = 0; i < world->count && len < size; i++) {
        len += (size_t)snprintf(text + len, size - len, "%s%s", i > 0 ? "," : "",
                                world->services[i].manifest.name);
    }
    len++; /* the NUL */
    if (len < size) {
        len += (size_t)snprintf(text + len, size - len, "COCONUT_LOG_RIGHTS=");
    }
    for (uint32_t i = 0; i < world->count && len < size; i++) {
        const struct manifest *manifest = &world->services[i].manifest;

        if (i > 0) {
            text[len++] = ',';
        }
        for (uint32_t j = 0; j < manifest->header.read_count && len < size; j++) {
            len += (size_t)snprintf(text + len, size - len, "%s%s", j > 0 ? "+" : "",
                                    manifest->reads[j]);
        }
    }
    return len + 1;
}
