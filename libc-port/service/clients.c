// SPDX-License-Identifier: MIT
#include "clients.h"

#include <string.h>

struct entry {
    uint64_t badge;
    uint64_t used;
};

static struct entry *entry_at(const struct coco_server *server, uint32_t index)
{
    return (struct entry *)(server->clients + (size_t)index * server->client_stride);
}

int32_t coco_server_keep_clients(struct coco_server *server,
                                 const struct coco_server_clients *clients)
{
    const uint64_t stride = sizeof(struct entry) + ((clients->state_size + 7ull) & ~7ull);
    const uint64_t count = clients->size / stride;

    if (!clients->memory || (uintptr_t)clients->memory % 8 != 0 || stride > UINT32_MAX ||
        count == 0 || count > UINT32_MAX) {
        return COCO_EINVAL;
    }
    memset(clients->memory, 0, clients->size);
    server->clients = clients->memory;
    server->client_count = (uint32_t)count;
    server->client_stride = (uint32_t)stride;
    server->client_gone = clients->gone;
    server->client_context = clients->context;
    return 0;
}

/* The entry of a badge, or NULL. The client that asked last is likely to ask again. */
static struct entry *find(struct coco_server *server, uint64_t badge, struct entry **spare)
{
    struct entry *last = entry_at(server, server->client_last);

    if (last->used && last->badge == badge) {
        return last;
    }
    *spare = NULL;
    for (uint32_t i = 0, seen = 0; i < server->client_count; i++) {
        struct entry *entry = entry_at(server, i);
        if (!entry->used) {
            *spare = *spare ? *spare : entry;
            if (seen == server->client_used) {
                return NULL;
            }
            continue;
        }
        seen++;
        if (entry->badge == badge) {
            server->client_last = i;
            return entry;
        }
    }
    return NULL;
}

void *__coco_client_state(struct coco_server *server, uint64_t badge)
{
    struct entry *spare;
    struct entry *entry = find(server, badge, &spare);

    if (!entry) {
        if (!spare) {
            server->clients_refused++;
            return NULL;
        }
        entry = spare;
        entry->badge = badge;
        entry->used = 1;
        server->client_used++;
    }
    return entry + 1;
}

void __coco_client_gone(struct coco_server *server, uint64_t badge)
{
    struct entry *spare;
    struct entry *entry = server->clients ? find(server, badge, &spare) : NULL;

    if (!entry) {
        return;
    }
    if (server->client_gone) {
        server->client_gone(server->client_context, badge, entry + 1);
    }
    memset(entry, 0, server->client_stride);
    server->client_used--;
}
