// SPDX-License-Identifier: MIT
#include <fs/special.h>

#include <base/check.h>
#include <mm/heap.h>

#include "ram.h"

struct special_node {
    struct vfs_node node;
    enum special_kind kind;
    void *state; /* owned */
};

static struct special_node *special_of(struct vfs_node *node)
{
    return container_of(node, struct special_node, node);
}

static const struct special_ops *ops_of(struct vfs_node *node)
{
    return special_ops[special_of(node)->kind];
}

enum status special_create(enum special_kind kind, void *state, uint32_t permissions,
                           struct vfs_node **out)
{
    struct special_node *special;

    *out = NULL;
    CHECK(kind < SPECIAL_KIND_COUNT, "a special node of an unknown kind");
    if (!ram_budget_take_meta(sizeof(*special))) {
        return ERR_NOMEM;
    }
    enum status status = kzalloc_object(&special);
    if (status != OK) {
        ram_budget_return_meta(sizeof(*special));
        return status;
    }
    vfs_node_init(&special->node, VFS_NODE_SPECIAL, permissions);
    special->kind = kind;
    special->state = state;
    *out = &special->node;
    return OK;
}

static void special_destroy(struct vfs_node *node)
{
    struct special_node *special = special_of(node);

    ops_of(node)->destroy(special->state);
    kfree(special);
    ram_budget_return_meta(sizeof(*special));
}

void *special_state(struct vfs_node *node, enum special_kind kind)
{
    if (!vfs_is_special(node) || special_of(node)->kind != kind) {
        return NULL;
    }
    return special_of(node)->state;
}

enum status special_open(struct vfs_node *node, unsigned access, struct special_opened *out)
{
    const struct special_ops *ops = ops_of(node);

    return ops->open == NULL ? ERR_NXIO : ops->open(node, special_of(node)->state, access, out);
}

uint8_t special_type(const struct vfs_node *node)
{
    return special_ops[container_of(node, const struct special_node, node)->kind]->type;
}

uint32_t special_device(struct vfs_node *node)
{
    const struct special_ops *ops = ops_of(node);

    return ops->device == NULL ? 0 : ops->device(special_of(node)->state);
}

static uint64_t special_size(struct vfs_node *node)
{
    const struct special_ops *ops = ops_of(node);

    return ops->size == NULL ? 0 : ops->size(special_of(node)->state);
}

const struct vfs_node_ops special_node_ops = {
    .destroy = special_destroy,
    .size = special_size,
};
