// SPDX-License-Identifier: MIT
// What a socket tells about itself, and what can be set.
#include <base/math.h>

#include "endpoint.h"

/// Bytes that a receive would give: all of a stream, the first packet of the others.
static uint64_t readable(struct endpoint *endpoint)
{
    const struct packet *packet;
    uint64_t len = 0;

    mutex_lock(&endpoint->lock);
    list_for_each_entry(packet, &endpoint->packets, link)
    {
        len += packet->len - packet->taken;
        if (endpoint->type != COCO_SOCKET_STREAM) {
            break;
        }
    }
    mutex_unlock(&endpoint->lock);
    return len;
}

enum status socket_option_get(struct object *object, uint32_t option, uint64_t *value)
{
    struct endpoint *endpoint = endpoint_of(object);

    switch (option) {
    case COCO_SOCKET_OPTION_TYPE:
        *value = endpoint->type;
        return OK;
    case COCO_SOCKET_OPTION_ERROR:
        *value = endpoint_take_reset(endpoint) ? (uint64_t)-ERR_CONNRESET : 0;
        return OK;
    case COCO_SOCKET_OPTION_LISTENING:
        *value = endpoint_state(endpoint) == ENDPOINT_LISTENING;
        return OK;
    case COCO_SOCKET_OPTION_PEER_PROCESS:
        *value = __atomic_load_n(&endpoint->peer_owner, __ATOMIC_ACQUIRE);
        return *value != 0 ? OK : ERR_NOTCONN;
    case COCO_SOCKET_OPTION_SEND_BUFFER:
        *value = __atomic_load_n(&endpoint->send_limit, __ATOMIC_RELAXED);
        return OK;
    case COCO_SOCKET_OPTION_RECEIVE_BUFFER:
        *value = __atomic_load_n(&endpoint->receive_limit, __ATOMIC_RELAXED);
        return OK;
    case COCO_SOCKET_OPTION_SEND_TIMEOUT:
        *value = __atomic_load_n(&endpoint->send_timeout, __ATOMIC_RELAXED);
        return OK;
    case COCO_SOCKET_OPTION_RECEIVE_TIMEOUT:
        *value = __atomic_load_n(&endpoint->receive_timeout, __ATOMIC_RELAXED);
        return OK;
    case COCO_SOCKET_OPTION_READABLE:
        *value = readable(endpoint);
        return OK;
    default:
        return ERR_INVAL;
    }
}

static void set_limit(struct endpoint *endpoint, uint32_t *limit, uint64_t value)
{
    uint64_t bytes =
        MIN(MAX(value, (uint64_t)COCO_SOCKET_BUFFER_MIN), (uint64_t)COCO_SOCKET_BUFFER_MAX);
    struct endpoint *peer = endpoint_peer(endpoint);

    __atomic_store_n(limit, (uint32_t)bytes, __ATOMIC_RELAXED);
    // More room may be what somebody waits for, here or at the peer.
    wait_wake(&endpoint->changed, WAIT_ALL);
    if (peer != NULL) {
        wait_wake(&peer->changed, WAIT_ALL);
        endpoint_put(peer);
    }
    endpoint_tell_followers(endpoint);
}

enum status socket_option_set(struct object *object, uint32_t option, uint64_t value)
{
    struct endpoint *endpoint = endpoint_of(object);

    switch (option) {
    case COCO_SOCKET_OPTION_SEND_BUFFER:
        set_limit(endpoint, &endpoint->send_limit, value);
        return OK;
    case COCO_SOCKET_OPTION_RECEIVE_BUFFER:
        set_limit(endpoint, &endpoint->receive_limit, value);
        return OK;
    case COCO_SOCKET_OPTION_SEND_TIMEOUT:
        __atomic_store_n(&endpoint->send_timeout, value, __ATOMIC_RELAXED);
        return OK;
    case COCO_SOCKET_OPTION_RECEIVE_TIMEOUT:
        __atomic_store_n(&endpoint->receive_timeout, value, __ATOMIC_RELAXED);
        return OK;
    default:
        return ERR_INVAL;
    }
}
