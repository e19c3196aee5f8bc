// SPDX-License-Identifier: MIT
// Connecting. The new connection's other endpoint is made by who connects, and waits in the
// listening endpoint until it is accepted; bytes may be sent to it already.
//
// Two endpoints are locked together only here: first the one that connects, which is fresh, then
// the listening one. A listening endpoint never becomes fresh again, so the order holds. A name may
// lead to any endpoint that is bound: the second is locked only once it is seen to listen.
#include <base/math.h>

#include "endpoint.h"
#include "flight.h"

enum status socket_listen(struct object *object, uint32_t backlog, uint64_t process)
{
    struct endpoint *endpoint = endpoint_of(object);
    enum status status = OK;

    if (!endpoint_is_connected_kind(endpoint)) {
        return ERR_NOTSUPP;
    }
    mutex_lock(&endpoint->lock);
    if (endpoint->name == NULL) {
        status = ERR_DESTADDRREQ;
    } else if (endpoint->state == ENDPOINT_CONNECTED) {
        status = ERR_INVAL;
    } else {
        endpoint->backlog = MIN(MAX(backlog, 1u), (uint32_t)COCO_SOCKET_BACKLOG_MAX);
        endpoint->owner = process;
        __atomic_store_n(&endpoint->state, ENDPOINT_LISTENING, __ATOMIC_RELEASE);
    }
    mutex_unlock(&endpoint->lock);
    wait_wake(&endpoint->changed, WAIT_ALL); // more connections may fit
    return status;
}

/// Whether a connection to `listener`, which is locked, can be made. ERR_AGAIN: not now.
static enum status check_listener(const struct endpoint *listener)
{
    if (listener->state != ENDPOINT_LISTENING || endpoint_has(listener, ENDPOINT_CLOSED)) {
        return ERR_CONNREFUSED;
    }
    return listener->pending_count < listener->backlog ? OK : ERR_AGAIN;
}

/// Join `from` and `fresh`, which nobody else knows, and let it wait in `listener`. Both are
/// locked.
static void enter(struct endpoint *from, struct endpoint *fresh, struct endpoint *listener)
{
    fresh->name = socket_name_get(listener->name);
    fresh->peer = endpoint_get(from);
    fresh->state = ENDPOINT_CONNECTED;
    flight_set_holder(fresh, listener);
    list_add_tail(&listener->pending, &fresh->pending_link);
    __atomic_store_n(&listener->pending_count, listener->pending_count + 1, __ATOMIC_RELAXED);
    irqflags_t flags = spin_lock_irqsave(&from->peer_lock);
    from->peer = endpoint_get(fresh);
    spin_unlock_irqrestore(&from->peer_lock, flags);
    __atomic_store_n(&from->peer_owner, listener->owner, __ATOMIC_RELEASE);
    __atomic_store_n(&from->state, ENDPOINT_CONNECTED, __ATOMIC_RELEASE);
}

/// One try. ERR_AGAIN: the listener has no room, and `waiter`, if not NULL, waits for it.
static enum status try_connect(struct endpoint *from, struct endpoint *fresh,
                               struct endpoint *listener, struct waiter *waiter)
{
    enum status status = OK;

    mutex_lock(&from->lock);
    if (from->state != ENDPOINT_FRESH) {
        status = from->state == ENDPOINT_CONNECTED ? ERR_ISCONN : ERR_INVAL;
        mutex_unlock(&from->lock);
        return status;
    }
    if (endpoint_state(listener) != ENDPOINT_LISTENING) {
        mutex_unlock(&from->lock);
        return ERR_CONNREFUSED; // as `from` itself, and one that may be connecting to `from`
    }
    mutex_lock(&listener->lock);
    status = check_listener(listener);
    if (status == OK) {
        enter(from, fresh, listener);
    } else if (status == ERR_AGAIN && waiter != NULL) {
        wait_prepare(&listener->changed, waiter);
    }
    mutex_unlock(&listener->lock);
    mutex_unlock(&from->lock);
    return status;
}

static enum status connect_stream(struct object *object, struct endpoint *listener,
                                  uint64_t process)
{
    struct endpoint *from = endpoint_of(object);
    bool wait = (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;
    uint64_t deadline = endpoint_deadline(__atomic_load_n(&from->send_timeout, __ATOMIC_RELAXED));
    struct endpoint *fresh;
    struct waiter waiter;
    enum status status = endpoint_create(from->type, listener->owner, &fresh);

    if (status != OK) {
        return status;
    }
    fresh->peer_owner = process;
    for (;;) {
        status = try_connect(from, fresh, listener, wait ? &waiter : NULL);
        if (status != ERR_AGAIN || !wait) {
            break;
        }
        status = wait_commit_signals(&waiter, deadline);
        if (status != OK) {
            status = status == ERR_TIMEDOUT ? ERR_AGAIN : status;
            break;
        }
    }
    if (status == OK) {
        wait_wake(&listener->changed, WAIT_ALL);
        wait_wake(&from->changed, WAIT_ALL);
    } else {
        endpoint_put(fresh);
    }
    return status;
}

enum status socket_connect(struct object *object, struct endpoint *target, uint64_t process)
{
    struct endpoint *from = endpoint_of(object);

    if (target != NULL && target->type != from->type) {
        return ERR_PROTOTYPE;
    }
    if (!endpoint_is_connected_kind(from)) {
        return endpoint_set_receiver(from, target);
    }
    return target == NULL ? ERR_INVAL : connect_stream(object, target, process);
}

/// Take the oldest connection out and make it a socket. The listener is locked. ERR_AGAIN: none.
static enum status take_pending(struct endpoint *listener, struct object **out)
{
    struct endpoint *pending =
        list_first_entry_or_null(&listener->pending, struct endpoint, pending_link);

    *out = NULL;
    if (listener->state != ENDPOINT_LISTENING) {
        return ERR_INVAL;
    }
    if (pending == NULL) {
        return ERR_AGAIN;
    }
    enum status status = socket_object_create(pending, out); // the list's reference
    if (status == OK) {
        list_remove(&pending->pending_link);
        __atomic_store_n(&listener->pending_count, listener->pending_count - 1, __ATOMIC_RELAXED);
        flight_set_holder(pending, NULL);
    }
    return status;
}

enum status socket_accept(struct object *object, struct object **out)
{
    struct endpoint *listener = endpoint_of(object);
    uint64_t deadline =
        endpoint_deadline(__atomic_load_n(&listener->receive_timeout, __ATOMIC_RELAXED));
    bool wait = (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;

    *out = NULL;
    if (!endpoint_is_connected_kind(listener)) {
        return ERR_NOTSUPP;
    }
    for (;;) {
        struct waiter waiter;

        mutex_lock(&listener->lock);
        enum status status = take_pending(listener, out);
        if (status == ERR_AGAIN && wait) {
            wait_prepare(&listener->changed, &waiter);
        }
        mutex_unlock(&listener->lock);
        if (status == OK) {
            wait_wake(&listener->changed, WAIT_ALL); // there is room
        }
        if (status != ERR_AGAIN || !wait) {
            return status;
        }
        status = wait_commit_signals(&waiter, deadline);
        if (status != OK) {
            return status == ERR_TIMEDOUT ? ERR_AGAIN : status;
        }
    }
}

void endpoint_refuse_pending(struct endpoint *listener)
{
    for (;;) {
        mutex_lock(&listener->lock);
        struct list *link = list_take_first(&listener->pending);
        mutex_unlock(&listener->lock);
        if (link == NULL) {
            break;
        }
        struct endpoint *pending = list_entry(link, struct endpoint, pending_link);
        struct endpoint *peer = endpoint_peer(pending);
        flight_set_holder(pending, NULL);
        if (peer != NULL) {
            endpoint_set(peer, ENDPOINT_RESET);
            endpoint_put(peer);
        }
        endpoint_close(pending);
        endpoint_put(pending);
    }
}
