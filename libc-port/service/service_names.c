// SPDX-License-Identifier: MIT
// Channels of the manifest. Init says in the environment which handle each has: "time:1,log:2".
#include <stdlib.h>
#include <string.h>

#include <coconut/service.h>

static coco_handle_t find(const char *variable, const char *name)
{
    const char *at = getenv(variable);
    const size_t len = strlen(name);

    while (at && len > 0) {
        if (strncmp(at, name, len) == 0 && at[len] == ':') {
            char *end;
            const unsigned long number = strtoul(at + len + 1, &end, 10);
            const bool good = end != at + len + 1 && (*end == '\0' || *end == ',');
            return good && number < COCO_HANDLE_MAX ? (coco_handle_t)number : COCO_HANDLE_NONE;
        }
        at = strchr(at, ',');
        at = at ? at + 1 : NULL;
    }
    return COCO_HANDLE_NONE;
}

coco_handle_t coco_service_offered(const char *name)
{
    return find("COCONUT_OFFERS", name);
}

coco_handle_t coco_service_used(const char *name)
{
    return find("COCONUT_CHANNELS", name);
}

int32_t coco_client_open(struct coco_client *client, const char *name)
{
    const coco_handle_t connection = coco_service_used(name);

    coco_client_init(client, connection);
    return connection == COCO_HANDLE_NONE ? COCO_ENOTFOUND : 0;
}
