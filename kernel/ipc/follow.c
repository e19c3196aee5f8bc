// SPDX-License-Identifier: MIT
// Datagram endpoints that are connected to a receiver: they poll for its room, so it has to tell
// them when it has some. One mutex guards the lists of all receivers; it is taken where connections
// change, and by receivers that have followers.
#include <base/check.h>

#include "endpoint.h"

/// Guards `followers` and `follow_link` of all endpoints. All zero is free.
static struct mutex follow_lock = {
    .waiters = {.lock = SPINLOCK_INIT, .waiters = LIST_INIT(follow_lock.waiters.waiters)}};

/// Point `from` at `target`, which may be NULL, and let go of where it pointed at.
static void point_at(struct endpoint *from, struct endpoint *target)
{
    mutex_lock(&follow_lock);
    irqflags_t flags = spin_lock_irqsave(&from->peer_lock);
    struct endpoint *before = from->peer;
    from->peer = target == NULL ? NULL : endpoint_get(target);
    spin_unlock_irqrestore(&from->peer_lock, flags);
    if (before != NULL && !list_empty(&from->follow_link)) {
        list_remove(&from->follow_link);
        __atomic_fetch_sub(&before->follower_count, 1, __ATOMIC_RELAXED);
    }
    if (target != NULL) {
        list_add_tail(&target->followers, &from->follow_link);
        __atomic_fetch_add(&target->follower_count, 1, __ATOMIC_RELAXED);
    }
    mutex_unlock(&follow_lock);
    endpoint_put(before);
}

enum status endpoint_set_receiver(struct endpoint *from, struct endpoint *target)
{
    if (target != NULL && endpoint_has(target, ENDPOINT_CLOSED)) {
        return ERR_CONNREFUSED;
    }
    if (target != NULL && !endpoint_accepts_from(target, from)) {
        return ERR_PERM;
    }
    point_at(from, target);
    __atomic_store_n(&from->peer_owner, target == NULL ? 0 : target->owner, __ATOMIC_RELEASE);
    __atomic_store_n(&from->state, target == NULL ? ENDPOINT_FRESH : ENDPOINT_CONNECTED,
                     __ATOMIC_RELEASE);
    wait_wake(&from->changed, WAIT_ALL);
    return OK;
}

bool endpoint_accepts_from(struct endpoint *to, const struct endpoint *from)
{
    irqflags_t flags = spin_lock_irqsave(&to->peer_lock);
    bool accepts = to->peer == NULL || to->peer == from;

    spin_unlock_irqrestore(&to->peer_lock, flags);
    return accepts;
}

void endpoint_forget_receiver(struct endpoint *from)
{
    point_at(from, NULL);
}

void endpoint_tell_followers(struct endpoint *endpoint)
{
    struct endpoint *follower;

    if (__atomic_load_n(&endpoint->follower_count, __ATOMIC_RELAXED) == 0) {
        return;
    }
    mutex_lock(&follow_lock);
    list_for_each_entry(follower, &endpoint->followers, follow_link)
    {
        wait_wake(&follower->changed, WAIT_ALL);
    }
    mutex_unlock(&follow_lock);
}
