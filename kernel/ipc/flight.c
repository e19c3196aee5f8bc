// SPDX-License-Identifier: MIT
#include "flight.h"

#include <arch/spinlock.h>
#include <base/check.h>
#include <mm/heap.h>
#include <object/handle.h>

#include "endpoint.h"

/// Guards `in_flight`, `carried` and `holder` of all endpoints.
static struct spinlock flight_lock = SPINLOCK_INIT;

enum status socket_handles_create(uint32_t capacity, struct socket_handles **out)
{
    void *memory;
    enum status status =
        kzalloc(sizeof(struct socket_handles) + capacity * sizeof(struct socket_handle), &memory);

    *out = memory;
    if (status == OK) {
        (*out)->capacity = capacity;
    }
    return status;
}

void socket_handles_free(struct socket_handles *handles)
{
    if (handles == NULL) {
        return;
    }
    for (uint32_t i = 0; i < handles->count; i++) {
        handle_drop(handles->entries[i].object);
    }
    kfree(handles);
}

/// The endpoint that a handle carries, NULL if it is no socket.
static struct endpoint *carried_endpoint(const struct socket_handle *handle)
{
    return handle->object->type == COCO_OBJECT_SOCKET ? endpoint_of(handle->object) : NULL;
}

static bool has_sockets(const struct socket_handles *handles)
{
    for (uint32_t i = 0; handles != NULL && i < handles->count; i++) {
        if (carried_endpoint(&handles->entries[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/// The endpoint that can itself be sent, of those that `endpoint` belongs to. Locked.
static struct endpoint *root_of(struct endpoint *endpoint)
{
    return endpoint->holder != NULL ? endpoint->holder : endpoint;
}

/// Whether all sockets among `handles` may go to a queue of `root`. Locked.
static bool may_enter(const struct socket_handles *handles, const struct endpoint *root)
{
    if (root->in_flight != 0) {
        return false;
    }
    for (uint32_t i = 0; i < handles->count; i++) {
        const struct endpoint *sent = carried_endpoint(&handles->entries[i]);
        if (sent != NULL && (sent == root || sent->carried != 0)) {
            return false;
        }
    }
    return true;
}

/// Count all sockets among `handles` in (+1) or out (-1). Locked.
static void count_sockets(const struct socket_handles *handles, struct endpoint *to,
                          uint32_t change)
{
    for (uint32_t i = 0; i < handles->count; i++) {
        struct endpoint *sent = carried_endpoint(&handles->entries[i]);
        if (sent != NULL) {
            sent->in_flight += change;
            to->carried += change;
            if (to->holder != NULL) {
                to->holder->carried += change;
            }
        }
    }
}

enum status flight_enter(const struct socket_handles *handles, struct endpoint *to)
{
    if (!has_sockets(handles)) {
        return OK;
    }
    irqflags_t flags = spin_lock_irqsave(&flight_lock);
    bool allowed = may_enter(handles, root_of(to));
    if (allowed) {
        count_sockets(handles, to, 1);
    }
    spin_unlock_irqrestore(&flight_lock, flags);
    return allowed ? OK : ERR_TOOMANYREFS;
}

void flight_leave(const struct socket_handles *handles, struct endpoint *to)
{
    if (!has_sockets(handles)) {
        return;
    }
    irqflags_t flags = spin_lock_irqsave(&flight_lock);
    count_sockets(handles, to, UINT32_MAX);
    spin_unlock_irqrestore(&flight_lock, flags);
}

void flight_set_holder(struct endpoint *pending, struct endpoint *listener)
{
    irqflags_t flags = spin_lock_irqsave(&flight_lock);

    if (pending->holder != NULL) {
        pending->holder->carried -= pending->carried;
    }
    pending->holder = listener;
    if (listener != NULL) {
        listener->carried += pending->carried;
    }
    spin_unlock_irqrestore(&flight_lock, flags);
}
