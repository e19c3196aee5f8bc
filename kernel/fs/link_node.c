// SPDX-License-Identifier: MIT
// Symbolic links. A link's path never changes, so it may be used as long as the link is there.
#include <base/check.h>
#include <base/string.h>
#include <mm/heap.h>

#include "ram.h"

struct link_node {
    struct vfs_node node;
    size_t len;
    char target[]; /* len bytes and a NUL */
};

static size_t link_size(size_t len)
{
    return sizeof(struct link_node) + len + 1;
}

enum status vfs_link_create(const char *target, size_t len, struct vfs_node **out)
{
    struct link_node *link;
    void *memory;

    *out = NULL;
    CHECK(len > 0 && len < COCO_PATH_MAX, "a symbolic link without a proper path");
    if (!ram_budget_take_meta(link_size(len))) {
        return ERR_NOMEM;
    }
    enum status status = kmalloc(link_size(len), &memory);
    if (status != OK) {
        ram_budget_return_meta(link_size(len));
        return status;
    }
    link = memory;
    vfs_node_init(&link->node, VFS_NODE_LINK, 0777);
    link->len = len;
    memcpy(link->target, target, len);
    link->target[len] = '\0';
    *out = &link->node;
    return OK;
}

const char *vfs_link_target(const struct vfs_node *node, size_t *len)
{
    const struct link_node *link = container_of(node, const struct link_node, node);

    *len = link->len;
    return link->target;
}

static uint64_t link_len(struct vfs_node *node)
{
    return container_of(node, struct link_node, node)->len;
}

static void link_destroy(struct vfs_node *node)
{
    struct link_node *link = container_of(node, struct link_node, node);
    size_t len = link->len;

    kfree(link);
    ram_budget_return_meta(link_size(len));
}

const struct vfs_node_ops link_node_ops = {
    .destroy = link_destroy,
    .size = link_len,
};
