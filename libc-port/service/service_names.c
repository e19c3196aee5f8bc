// SPDX-License-Identifier: MIT
// Channels of the manifest. Init says in the environment which handle each has: "time:1,log:2".
#include <stdlib.h>
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/service.h>

#define NAME_ROOM 32u /* the longest name and its NUL */

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

int64_t coco_service_find(const char *name)
{
    static const uint32_t registry_id = 0xcda81d0a; /* services/init/registry.interface.json */
    struct coco_client client;
    struct {
        struct coco_request_header header;
        uint32_t name_length;
        uint8_t padding[4];
        char name[NAME_ROOM];
    } request = {.header = {.interface_id = registry_id, .operation = 1, .major = 1}};
    uint32_t length = offsetof(__typeof__(request), name);

    coco_client_init(&client, coco_service_used("registry"));
    request.name_length = (uint32_t)strnlen(name, NAME_ROOM);
    if (client.connection == COCO_HANDLE_NONE || request.name_length >= NAME_ROOM) {
        return COCO_ENOTFOUND;
    }
    (void)coco_wire_put_string(&request, &length, name, request.name_length);
    memcpy(client.request, &request, length);
    struct coco_client_call call = {
        .length = length,
        .operation = 1,
        .flags = COCO_CLIENT_IDEMPOTENT,
        .reply_handle_count = 1,
    };
    const int32_t status = coco_client_call(&client, &call);
    if (status != 0) {
        return status > 0 ? COCO_ENOTFOUND : status;
    }
    return call.reply_handles[0];
}

int32_t coco_client_open(struct coco_client *client, const char *name)
{
    int64_t connection = coco_service_used(name);

    if (connection == COCO_HANDLE_NONE) {
        connection = coco_service_find(name);
    }
    coco_client_init(client,
                     coco_is_error(connection) ? COCO_HANDLE_NONE : (coco_handle_t)connection);
    return coco_is_error(connection) ? (int32_t)connection : 0;
}
