// SPDX-License-Identifier: MIT
// Sockets as objects: making, ending directions, state and events.
#include <ipc/socket.h>

#include <base/string.h>
#include <mm/heap.h>

#include "endpoint.h"

/// A socket is ready to be written if a packet of this length has room.
#define WRITE_EVENT_LEN COCO_PIPE_BUF

enum status socket_object_create(struct endpoint *endpoint, struct object **out)
{
    struct socket *socket;
    enum status status = kzalloc_object(&socket);

    *out = NULL;
    if (status == OK) {
        socket->endpoint = endpoint;
        object_init(&socket->object, COCO_OBJECT_SOCKET);
        *out = &socket->object;
    }
    return status;
}

static bool is_type(uint32_t type)
{
    return type == COCO_SOCKET_STREAM || type == COCO_SOCKET_DATAGRAM ||
           type == COCO_SOCKET_SEQPACKET;
}

enum status socket_create(uint32_t type, uint64_t process, struct object **out)
{
    struct endpoint *endpoint;

    *out = NULL;
    if (!is_type(type)) {
        return ERR_INVAL;
    }
    enum status status = endpoint_create(type, process, &endpoint);
    if (status == OK) {
        status = socket_object_create(endpoint, out);
        if (status != OK) {
            endpoint_put(endpoint);
        }
    }
    return status;
}

enum status socket_pair(uint32_t type, uint64_t process, struct object *out[2])
{
    enum status status = socket_create(type, process, &out[0]);

    if (status != OK) {
        return status;
    }
    status = socket_create(type, process, &out[1]);
    if (status != OK) {
        object_put(out[0]);
        return status;
    }
    endpoint_join(endpoint_of(out[0]), endpoint_of(out[1]));
    return OK;
}

static void socket_destroy(struct object *object)
{
    struct socket *socket = container_of(object, struct socket, object);

    endpoint_close(socket->endpoint);
    endpoint_put(socket->endpoint);
    kfree(socket);
}

enum status socket_shutdown(struct object *object, uint32_t how)
{
    struct endpoint *endpoint = endpoint_of(object);
    bool receiving = (how & COCO_SOCKET_SHUTDOWN_RECEIVE) != 0;
    bool sending = (how & COCO_SOCKET_SHUTDOWN_SEND) != 0;
    struct endpoint *peer = endpoint_peer(endpoint);

    if (peer == NULL) {
        return ERR_NOTCONN;
    }
    // The own side first: what is sent after it is refused, so nothing comes behind the end.
    endpoint_set(endpoint,
                 (receiving ? ENDPOINT_DEAF | ENDPOINT_ENDED : 0) | (sending ? ENDPOINT_MUTE : 0));
    if (endpoint_is_connected_kind(endpoint)) {
        endpoint_set(peer, sending ? ENDPOINT_ENDED : 0);
    } else {
        wait_wake(&peer->changed, WAIT_ALL);
        endpoint_tell_followers(endpoint);
    }
    endpoint_put(peer);
    return OK;
}

static enum status socket_stat(struct object *object, struct coco_stat *out)
{
    memset(out, 0, sizeof(*out));
    out->inode = endpoint_of(object)->inode;
    out->type = COCO_TYPE_SOCKET;
    out->permissions = 0777;
    out->links = 1;
    return OK;
}

/// Whether a write would return at once. `peer` is where it would go, NULL if that is not known.
static bool is_writable(const struct endpoint *endpoint, const struct endpoint *peer)
{
    if (endpoint_has(endpoint, ENDPOINT_MUTE) || peer == NULL ||
        endpoint_has(peer, ENDPOINT_DEAF)) {
        return true; // also if only an error would come back
    }
    uint32_t used = __atomic_load_n(&peer->used, __ATOMIC_RELAXED);
    uint32_t limit = endpoint_limit(endpoint, peer);
    return used == 0 || (used < limit && limit - used >= packet_charge_of(WRITE_EVENT_LEN, NULL));
}

/// Events that depend on the other side.
static uint32_t peer_events(struct endpoint *endpoint)
{
    // The peer of a datagram endpoint may change meanwhile.
    irqflags_t flags = spin_lock_irqsave(&endpoint->peer_lock);
    const struct endpoint *peer = endpoint->peer;
    uint32_t events = is_writable(endpoint, peer) ? COCO_EVENT_WRITE : 0;
    bool unheard = peer == NULL || endpoint_has(peer, ENDPOINT_DEAF);

    unheard = unheard || endpoint_has(endpoint, ENDPOINT_MUTE);
    spin_unlock_irqrestore(&endpoint->peer_lock, flags);
    if (endpoint_is_connected_kind(endpoint) && unheard &&
        (endpoint_has(endpoint, ENDPOINT_ENDED) || peer == NULL)) {
        events |= COCO_EVENT_HANGUP;
    }
    return events;
}

static uint32_t socket_events(struct object *object)
{
    struct endpoint *endpoint = endpoint_of(object);
    bool something = __atomic_load_n(&endpoint->used, __ATOMIC_RELAXED) != 0;
    uint32_t events = endpoint_has(endpoint, ENDPOINT_RESET) ? COCO_EVENT_ERROR : 0;

    if (something || endpoint_has(endpoint, ENDPOINT_ENDED | ENDPOINT_RESET)) {
        events |= COCO_EVENT_READ;
    }
    if (endpoint_state(endpoint) == ENDPOINT_LISTENING) {
        bool waiting = __atomic_load_n(&endpoint->pending_count, __ATOMIC_RELAXED) != 0;
        return waiting ? COCO_EVENT_READ : 0;
    }
    return events | peer_events(endpoint);
}

static struct wait_queue *socket_event_queue(struct object *object)
{
    return &endpoint_of(object)->changed;
}

const struct object_ops socket_object_ops = {
    .name = "socket",
    .destroy = socket_destroy,
    .read = socket_read,
    .write = socket_write,
    .stat = socket_stat,
    .events = socket_events,
    .event_queue = socket_event_queue,
};
