// SPDX-License-Identifier: MIT
// Message queues: who is to be told of a message.
//
// A registration goes when it was used, when its process removes it, and when the description it
// was made through goes. If a process ends whose descriptions others share, it stays behind until
// another process registers.
#include <ipc/mqueue.h>

#include <mm/heap.h>

#include "mqueue_private.h"

void mqueue_registration_put(struct mqueue_registration *registration)
{
    if (registration != NULL && __atomic_sub_fetch(&registration->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        object_put(registration->process);
        kfree(registration);
    }
}

/// Settle a registration that was taken out of its queue, and give the reference back.
static void settle(struct mqueue_registration *registration, enum mqueue_registration_state state)
{
    if (registration != NULL) {
        __atomic_store_n(&registration->state, (uint32_t)state, __ATOMIC_RELEASE);
        wait_wake(&registration->changed, WAIT_ALL);
        mqueue_registration_put(registration);
    }
}

struct mqueue_registration *mqueue_registration_take(struct mqueue *queue)
{
    struct mqueue_registration *registration = queue->notify;

    queue->notify = NULL;
    return registration;
}

void mqueue_registration_fire(struct mqueue_registration *registration, uint64_t sender)
{
    if (registration == NULL) {
        return;
    }
    if (registration->how == COCO_MQUEUE_NOTIFY_SIGNAL) {
        const struct coco_signal_info info = {
            .signal = registration->signal,
            .code = COCO_SIGNAL_FROM_MQUEUE,
            .sender = sender,
            .value = registration->value,
        };
        mqueue_send_signal(registration->process, &info);
    }
    settle(registration, MQUEUE_FIRED);
}

void mqueue_registration_drop(struct mqueue *queue, const struct mqueue_handle *owner)
{
    struct mqueue_registration *dropped = NULL;

    mutex_lock(&queue->lock);
    if (queue->notify != NULL && (owner == NULL || queue->notify->owner == owner)) {
        dropped = mqueue_registration_take(queue);
    }
    mutex_unlock(&queue->lock);
    settle(dropped, MQUEUE_REMOVED);
}

void mqueue_notify_remove(struct object *object, const struct object *process)
{
    struct mqueue *queue = mqueue_handle_of(object)->queue;
    struct mqueue_registration *dropped = NULL;

    mutex_lock(&queue->lock);
    if (queue->notify != NULL && queue->notify->process == process) {
        dropped = mqueue_registration_take(queue);
    }
    mutex_unlock(&queue->lock);
    settle(dropped, MQUEUE_REMOVED);
}

static enum status registration_create(struct object *owner, const struct mqueue_request *request,
                                       struct mqueue_registration **out)
{
    struct mqueue_registration *registration;
    enum status status = kzalloc_object(&registration);

    *out = registration;
    if (status != OK) {
        return status;
    }
    if (!object_get(request->process)) {
        kfree(registration);
        return ERR_CANCELED; // never for the process that calls
    }
    registration->refs = 1;
    registration->how = request->how;
    registration->signal = request->signal;
    registration->value = request->value;
    registration->process = request->process;
    registration->owner = mqueue_handle_of(owner);
    wait_queue_init(&registration->changed);
    return OK;
}

/// Whether a process that lives is registered. The queue is locked.
static bool is_taken(const struct mqueue *queue)
{
    return queue->notify != NULL && (object_events(queue->notify->process) & COCO_EVENT_ENDED) == 0;
}

/// Put the registration in unless there is one.
static enum status enter(struct mqueue *queue, struct mqueue_registration *registration)
{
    struct mqueue_registration *old = NULL;
    enum status status = ERR_BUSY;

    mutex_lock(&queue->lock);
    if (!is_taken(queue)) {
        old = mqueue_registration_take(queue);
        queue->notify = registration;
        status = OK;
    }
    mutex_unlock(&queue->lock);
    settle(old, MQUEUE_REMOVED);
    return status;
}

enum status mqueue_notify(struct object *object, const struct mqueue_request *request,
                          struct object **watch)
{
    struct mqueue *queue = mqueue_handle_of(object)->queue;
    struct mqueue_registration *registration;
    enum status status = registration_create(object, request, &registration);

    *watch = NULL;
    if (status != OK) {
        return status;
    }
    if (request->how == COCO_MQUEUE_NOTIFY_HANDLE) {
        registration->refs++;
        status = mqueue_handle_create(mqueue_get(queue), registration, watch);
        if (status != OK) {
            registration->refs--;
            mqueue_put(queue);
        }
    }
    if (status == OK) {
        status = enter(queue, registration);
    }
    if (status != OK) {
        object_put(*watch);
        *watch = NULL;
        mqueue_registration_put(registration);
    }
    return status;
}
