// SPDX-License-Identifier: MIT
#include "endpoint.h"

#include <arch/timer.h>
#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>
#include <object/inode.h>

#include "flight.h"

static uint64_t next_inode = INODE_OF_SOCKETS; /* atomic */

enum status endpoint_create(uint32_t type, uint64_t owner, struct endpoint **out)
{
    struct endpoint *endpoint;
    enum status status = kzalloc_object(&endpoint);

    *out = endpoint;
    if (status != OK) {
        return status;
    }
    endpoint->refs = 1;
    endpoint->type = (uint8_t)type;
    endpoint->owner = owner;
    endpoint->inode = __atomic_fetch_add(&next_inode, 1, __ATOMIC_RELAXED);
    endpoint->receive_limit = COCO_SOCKET_BUFFER;
    endpoint->send_limit = COCO_SOCKET_BUFFER;
    mutex_init(&endpoint->lock);
    wait_queue_init(&endpoint->changed);
    spin_init(&endpoint->peer_lock);
    list_init(&endpoint->packets);
    list_init(&endpoint->pending);
    list_init(&endpoint->pending_link);
    list_init(&endpoint->followers);
    list_init(&endpoint->follow_link);
    return OK;
}

struct endpoint *endpoint_get(struct endpoint *endpoint)
{
    __atomic_fetch_add(&endpoint->refs, 1, __ATOMIC_RELAXED);
    return endpoint;
}

void endpoint_put(struct endpoint *endpoint)
{
    if (endpoint == NULL) {
        return;
    }
    uint32_t after = __atomic_sub_fetch(&endpoint->refs, 1, __ATOMIC_ACQ_REL);
    CHECK(after != UINT32_MAX, "a reference to an endpoint was given back twice");
    if (after == 0) {
        ASSERT(list_empty(&endpoint->packets), "an endpoint is freed before it was closed");
        socket_name_put(endpoint->name);
        kfree(endpoint);
    }
}

void endpoint_set(struct endpoint *endpoint, uint32_t flags)
{
    mutex_lock(&endpoint->lock);
    __atomic_fetch_or(&endpoint->flags, flags, __ATOMIC_RELEASE);
    mutex_unlock(&endpoint->lock);
    wait_wake(&endpoint->changed, WAIT_ALL);
}

bool endpoint_take_reset(struct endpoint *endpoint)
{
    if (likely(!endpoint_has(endpoint, ENDPOINT_RESET))) {
        return false;
    }
    uint32_t before = __atomic_fetch_and(&endpoint->flags, ~ENDPOINT_RESET, __ATOMIC_ACQ_REL);
    return (before & ENDPOINT_RESET) != 0;
}

struct endpoint *endpoint_peer(struct endpoint *endpoint)
{
    irqflags_t flags = spin_lock_irqsave(&endpoint->peer_lock);
    struct endpoint *peer = endpoint->peer == NULL ? NULL : endpoint_get(endpoint->peer);

    spin_unlock_irqrestore(&endpoint->peer_lock, flags);
    return peer;
}

uint32_t endpoint_limit(const struct endpoint *from, const struct endpoint *to)
{
    uint32_t send = __atomic_load_n(&from->send_limit, __ATOMIC_RELAXED);
    uint32_t receive = __atomic_load_n(&to->receive_limit, __ATOMIC_RELAXED);

    return MIN(send, receive);
}

void endpoint_join(struct endpoint *a, struct endpoint *b)
{
    if (endpoint_is_connected_kind(a)) {
        a->peer = endpoint_get(b);
        b->peer = endpoint_get(a);
    } else {
        // Nobody else knows them: there is no reason to refuse.
        CHECK(endpoint_set_receiver(a, b) == OK && endpoint_set_receiver(b, a) == OK,
              "fresh endpoints are not joined");
    }
    a->peer_owner = b->owner;
    b->peer_owner = a->owner;
    a->state = ENDPOINT_CONNECTED;
    b->state = ENDPOINT_CONNECTED;
}

/// Take all packets out of the queue. Returns whether there were any.
static bool take_packets(struct endpoint *endpoint, struct list *out)
{
    struct packet *packet;

    mutex_lock(&endpoint->lock);
    __atomic_fetch_or(&endpoint->flags,
                      ENDPOINT_CLOSED | ENDPOINT_DEAF | ENDPOINT_MUTE | ENDPOINT_ENDED,
                      __ATOMIC_RELEASE);
    list_move_all(out, &endpoint->packets);
    __atomic_store_n(&endpoint->used, 0, __ATOMIC_RELAXED);
    list_for_each_entry(packet, out, link)
    {
        flight_leave(packet->handles, endpoint);
    }
    mutex_unlock(&endpoint->lock);
    return !list_empty(out);
}

/// Tell the other side of a connection that this one has gone.
static void leave_peer(struct endpoint *endpoint, bool unread)
{
    irqflags_t flags = spin_lock_irqsave(&endpoint->peer_lock);
    struct endpoint *peer = endpoint->peer;

    endpoint->peer = NULL;
    spin_unlock_irqrestore(&endpoint->peer_lock, flags);
    if (peer != NULL) {
        endpoint_set(peer, ENDPOINT_ENDED | (unread ? ENDPOINT_RESET : 0));
        endpoint_put(peer);
    }
}

void endpoint_close(struct endpoint *endpoint)
{
    struct list packets = LIST_INIT(packets);
    bool unread = take_packets(endpoint, &packets);

    endpoint_refuse_pending(endpoint);
    if (endpoint_is_connected_kind(endpoint)) {
        leave_peer(endpoint, unread);
    } else {
        endpoint_forget_receiver(endpoint);
        endpoint_tell_followers(endpoint);
    }
    wait_wake(&endpoint->changed, WAIT_ALL);
    for (struct list *link; (link = list_take_first(&packets)) != NULL;) {
        packet_free(list_entry(link, struct packet, link));
    }
}

uint64_t endpoint_deadline(uint64_t timeout)
{
    uint64_t deadline;

    if (timeout == 0 || !checked_add(arch_time_ns(), timeout, &deadline)) {
        return WAIT_FOREVER;
    }
    return deadline;
}
