// SPDX-License-Identifier: MIT
// Message queues: nodes and open descriptions.
#include <ipc/mqueue.h>

#include <base/check.h>
#include <base/string.h>
#include <mm/heap.h>
#include <object/inode.h>

#include "mqueue_private.h"
#include "packet.h"

static uint64_t next_inode = INODE_OF_QUEUES; /* atomic */

struct mqueue *mqueue_get(struct mqueue *queue)
{
    __atomic_fetch_add(&queue->refs, 1, __ATOMIC_RELAXED);
    return queue;
}

void mqueue_put(struct mqueue *queue)
{
    if (queue == NULL) {
        return;
    }
    uint32_t after = __atomic_sub_fetch(&queue->refs, 1, __ATOMIC_ACQ_REL);
    CHECK(after != UINT32_MAX, "a reference to a message queue was given back twice");
    if (after == 0) {
        mqueue_registration_drop(queue, NULL);
        mqueue_free_messages(queue);
        kfree(queue);
    }
}

enum status mqueue_create(uint32_t messages, uint32_t message_size, uint32_t permissions,
                          struct vfs_node **out)
{
    struct mqueue *queue;

    *out = NULL;
    if (messages == 0 || messages > COCO_MQUEUE_MESSAGES_MAX || message_size == 0 ||
        message_size > COCO_MQUEUE_SIZE_MAX) {
        return ERR_INVAL;
    }
    enum status status = kzalloc_object(&queue);
    if (status != OK) {
        return status;
    }
    queue->refs = 1;
    queue->message_max = messages;
    queue->size_max = message_size;
    queue->inode = __atomic_fetch_add(&next_inode, 1, __ATOMIC_RELAXED);
    mutex_init(&queue->lock);
    wait_queue_init(&queue->changed);
    list_init(&queue->messages);
    status = special_create(SPECIAL_MQUEUE, queue, permissions, out);
    if (status != OK) {
        mqueue_put(queue);
    }
    return status;
}

enum status mqueue_handle_create(struct mqueue *queue, struct mqueue_registration *registration,
                                 struct object **out)
{
    struct mqueue_handle *handle;
    enum status status = kzalloc_object(&handle);

    *out = NULL;
    if (status == OK) {
        handle->queue = queue;
        handle->registration = registration;
        object_init(&handle->object, COCO_OBJECT_MQUEUE);
        *out = &handle->object;
    }
    return status;
}

enum status mqueue_open(struct vfs_node *node, struct object **out)
{
    struct mqueue *queue = special_state(node, SPECIAL_MQUEUE);

    *out = NULL;
    if (queue == NULL) {
        return ERR_INVAL;
    }
    enum status status = mqueue_handle_create(mqueue_get(queue), NULL, out);
    if (status != OK) {
        mqueue_put(queue);
    }
    return status;
}

static void handle_destroy(struct object *object)
{
    struct mqueue_handle *handle = mqueue_handle_of(object);

    if (handle->registration == NULL) {
        mqueue_registration_drop(handle->queue, handle);
    }
    mqueue_registration_put(handle->registration);
    mqueue_put(handle->queue);
    kfree(handle);
}

static enum status handle_stat(struct object *object, struct coco_stat *out)
{
    const struct mqueue *queue = mqueue_handle_of(object)->queue;

    memset(out, 0, sizeof(*out));
    out->inode = queue->inode;
    out->type = COCO_TYPE_MQUEUE;
    out->permissions = 0600;
    out->links = 1;
    return OK;
}

static uint32_t handle_events(struct object *object)
{
    const struct mqueue_handle *handle = mqueue_handle_of(object);

    if (handle->registration != NULL) {
        switch (__atomic_load_n(&handle->registration->state, __ATOMIC_ACQUIRE)) {
        case MQUEUE_FIRED:
            return COCO_EVENT_ENDED;
        case MQUEUE_REMOVED:
            return COCO_EVENT_HANGUP;
        default:
            return 0;
        }
    }
    uint32_t count = __atomic_load_n(&handle->queue->count, __ATOMIC_RELAXED);
    return (count > 0 ? COCO_EVENT_READ : 0) |
           (count < handle->queue->message_max ? COCO_EVENT_WRITE : 0);
}

static struct wait_queue *handle_event_queue(struct object *object)
{
    struct mqueue_handle *handle = mqueue_handle_of(object);

    return handle->registration != NULL ? &handle->registration->changed : &handle->queue->changed;
}

const struct object_ops mqueue_object_ops = {
    .name = "message queue",
    .destroy = handle_destroy,
    .stat = handle_stat,
    .events = handle_events,
    .event_queue = handle_event_queue,
};

static void node_destroy(void *state)
{
    mqueue_put(state);
}

const struct special_ops mqueue_special_ops = {
    .type = COCO_TYPE_MQUEUE,
    .destroy = node_destroy,
};
