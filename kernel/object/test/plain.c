// SPDX-License-Identifier: MIT
#include "plain.h"

#include <stdlib.h>

static void plain_destroy(struct object *object)
{
    struct plain *plain = container_of(object, struct plain, object);

    if (plain->destroyed != NULL) {
        __atomic_fetch_add(plain->destroyed, 1, __ATOMIC_RELAXED);
    }
    free(plain);
}

static void plain_zero_handles(struct object *object)
{
    struct plain *plain = container_of(object, struct plain, object);

    if (plain->zero_handles != NULL) {
        __atomic_fetch_add(plain->zero_handles, 1, __ATOMIC_RELAXED);
    }
}

static enum status plain_truncate(struct object *object, uint64_t length, uint64_t *size)
{
    (void)object;
    *size = length + 1;
    return OK;
}

static const struct object_ops plain_ops = {
    .name = "plain",
    .destroy = plain_destroy,
    .on_zero_handles = plain_zero_handles,
    .truncate = plain_truncate,
};

static uint32_t plain_events(struct object *object)
{
    struct plain *plain = container_of(object, struct plain, object);

    return __atomic_load_n(&plain->events, __ATOMIC_RELAXED);
}

static struct wait_queue *plain_event_queue(struct object *object)
{
    return &container_of(object, struct plain, object)->changed;
}

void plain_set_events(struct object *object, uint32_t events)
{
    struct plain *plain = container_of(object, struct plain, object);

    __atomic_store_n(&plain->events, events, __ATOMIC_RELAXED);
    wait_wake(&plain->changed, WAIT_ALL);
}

static const struct object_ops waitable_ops = {
    .name = "waitable",
    .destroy = plain_destroy,
    .events = plain_events,
    .event_queue = plain_event_queue,
};

static const struct object_ops bare_ops = {.name = "bare", .destroy = plain_destroy};

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_LOG] = &bare_ops,
    [COCO_OBJECT_FILE] = &plain_ops,
    [COCO_OBJECT_DIR] = &plain_ops,
    [COCO_OBJECT_PIPE] = &waitable_ops,
};

struct object *plain_make(unsigned type, unsigned *destroyed, unsigned *zero_handles)
{
    struct plain *plain = calloc(1, sizeof(*plain));

    plain->destroyed = destroyed;
    plain->zero_handles = zero_handles;
    wait_queue_init(&plain->changed);
    object_init(&plain->object, type);
    return &plain->object;
}
