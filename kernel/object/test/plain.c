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

static const struct object_ops bare_ops = {.name = "bare", .destroy = plain_destroy};

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_LOG] = &bare_ops,
    [COCO_OBJECT_FILE] = &plain_ops,
    [COCO_OBJECT_DIR] = &plain_ops,
};

struct object *plain_make(unsigned type, unsigned *destroyed, unsigned *zero_handles)
{
    struct plain *plain = calloc(1, sizeof(*plain));

    plain->destroyed = destroyed;
    plain->zero_handles = zero_handles;
    object_init(&plain->object, type);
    return &plain->object;
}
