// SPDX-License-Identifier: MIT
#include <ipc/memory.h>

#include <mm/heap.h>

struct memory {
    struct object object;
    struct sized_memory *pages; /* the owner's reference */
};

static struct memory *memory_of(struct object *object)
{
    return container_of(object, struct memory, object);
}

enum status memory_create(struct quota *quota, uint64_t length, struct object **out)
{
    struct memory *memory;
    enum status status = kzalloc_object(&memory);

    if (status != OK) {
        return status;
    }
    status = sized_memory_create(quota, length, &memory->pages);
    if (status != OK) {
        kfree(memory);
        return status;
    }
    object_init(&memory->object, COCO_OBJECT_MEMORY);
    *out = &memory->object;
    return OK;
}

struct sized_memory *memory_pages(struct object *object)
{
    return memory_of(object)->pages;
}

static void memory_destroy(struct object *object)
{
    struct memory *memory = memory_of(object);

    sized_memory_put(memory->pages);
    kfree(memory);
}

const struct object_ops memory_object_ops = {
    .name = "memory",
    .destroy = memory_destroy,
};
