// SPDX-License-Identifier: MIT
// Nodes: references, and the way from a type tag to the operations on the content.
#include <arch/timer.h>
#include <base/check.h>
#include <base/string.h>
#include <fs/record_lock.h>
#include <fs/vfs.h>

#include <fs/special.h>

#include "ram.h"

#define BLOCKS_PER_PAGE (PAGE_SIZE / 512u)

static const struct vfs_node_ops *const node_ops[VFS_NODE_TYPE_COUNT] = {
    [VFS_NODE_RAM_DIR] = &ram_dir_ops,   [VFS_NODE_RAM_FILE] = &ram_file_ops,
    [VFS_NODE_LOG_VIEW] = &log_view_ops, [VFS_NODE_DEVICE] = &device_node_ops,
    [VFS_NODE_LINK] = &link_node_ops,    [VFS_NODE_SPECIAL] = &special_node_ops,
};

static uint64_t next_inode = 1; /* atomic */

static const struct vfs_node_ops *ops_of(const struct vfs_node *node)
{
    CHECK(node->type < VFS_NODE_TYPE_COUNT, "a node has an unknown type");
    return node_ops[node->type];
}

int64_t vfs_now(void)
{
    return arch_wall_base_ns() + (int64_t)arch_time_ns();
}

void vfs_node_init(struct vfs_node *node, unsigned type, uint32_t permissions)
{
    int64_t now = vfs_now();

    node->refs = 1;
    node->type = (uint8_t)type;
    node->fixed = false;
    node->permissions = permissions & 07777u;
    node->links = 0;
    node->inode = __atomic_fetch_add(&next_inode, 1, __ATOMIC_RELAXED);
    node->modified = now;
    node->changed = now;
    node->accessed = now;
    mutex_init(&node->lock);
    node->records = NULL;
}

void vfs_node_get(struct vfs_node *node)
{
    uint32_t before = __atomic_fetch_add(&node->refs, 1, __ATOMIC_RELAXED);

    CHECK(before != 0 && before != UINT32_MAX, "reference to a node that is gone");
}

void vfs_node_put(struct vfs_node *node)
{
    if (node == NULL) {
        return;
    }
    uint32_t after = __atomic_sub_fetch(&node->refs, 1, __ATOMIC_ACQ_REL);
    CHECK(after != UINT32_MAX, "a reference to a node was given back twice");
    if (after == 0) {
        record_lock_free(node);
        ops_of(node)->destroy(node);
    }
}

uint8_t vfs_type(const struct vfs_node *node)
{
    switch (node->type) {
    case VFS_NODE_RAM_DIR:
        return COCO_TYPE_DIR;
    case VFS_NODE_DEVICE:
        return COCO_TYPE_DEVICE;
    case VFS_NODE_LINK:
        return COCO_TYPE_LINK;
    case VFS_NODE_SPECIAL:
        return special_type(node);
    default:
        return COCO_TYPE_FILE;
    }
}

bool vfs_has_content(const struct vfs_node *node)
{
    return ops_of(node)->read_kernel != NULL;
}

bool vfs_is_writable(const struct vfs_node *node)
{
    return ops_of(node)->write != NULL;
}

uint64_t vfs_size(struct vfs_node *node)
{
    const struct vfs_node_ops *ops = ops_of(node);

    return ops->size == NULL ? 0 : ops->size(node);
}

enum status vfs_read(struct vfs_node *node, struct user_out buffer, uint64_t offset, size_t *done)
{
    const struct vfs_node_ops *ops = ops_of(node);

    if (ops->read == NULL) {
        return ERR_NOTSUPP;
    }
    mutex_lock(&node->lock);
    enum status status = ops->read(node, buffer, offset, done);
    mutex_unlock(&node->lock);
    if (status == OK && *done > 0) {
        vfs_note_read(node);
    }
    return status;
}

enum status vfs_read_kernel(struct vfs_node *node, void *buffer, size_t len, uint64_t offset,
                            size_t *done)
{
    const struct vfs_node_ops *ops = ops_of(node);

    if (ops->read_kernel == NULL) {
        return ERR_NOTSUPP;
    }
    mutex_lock(&node->lock);
    enum status status = ops->read_kernel(node, buffer, len, offset, done);
    mutex_unlock(&node->lock);
    return status;
}

void vfs_note_read(struct vfs_node *node)
{
    node->accessed = vfs_now();
}

void vfs_note_write(struct vfs_node *node)
{
    int64_t now = vfs_now();

    node->modified = now;
    node->changed = now;
}

enum status vfs_write(struct vfs_node *node, struct user_in buffer, uint64_t offset, uint64_t *end)
{
    const struct vfs_node_ops *ops = ops_of(node);

    if (ops->write == NULL) {
        return vfs_is_dir(node) ? ERR_NOTSUPP : ERR_RDONLY;
    }
    if (buffer.len == 0) {
        *end = offset == VFS_OFFSET_END ? vfs_size(node) : offset;
        return OK;
    }
    mutex_lock(&node->lock);
    enum status status = ops->write(node, buffer, offset, end);
    mutex_unlock(&node->lock);
    if (status == OK) {
        vfs_note_write(node);
    }
    return status;
}

static enum status resize(struct vfs_node *node, uint64_t size, bool cut_only)
{
    const struct vfs_node_ops *ops = ops_of(node);

    if (ops->resize == NULL) {
        return vfs_is_dir(node) ? ERR_NOTSUPP : ERR_RDONLY;
    }
    mutex_lock(&node->lock);
    enum status status = ops->resize(node, size, cut_only);
    mutex_unlock(&node->lock);
    if (status == OK) {
        vfs_note_write(node);
    }
    return status;
}

enum status vfs_allocate(struct vfs_node *node, uint64_t offset, uint64_t len)
{
    const struct vfs_node_ops *ops = ops_of(node);

    if (ops->allocate == NULL) {
        return ERR_NOTSUPP;
    }
    mutex_lock(&node->lock);
    enum status status = ops->allocate(node, offset, len);
    mutex_unlock(&node->lock);
    if (status == OK) {
        node->changed = vfs_now();
    }
    return status;
}

enum status vfs_find_data(struct vfs_node *node, bool hole, uint64_t *offset)
{
    const struct vfs_node_ops *ops = ops_of(node);
    enum status status = OK;

    mutex_lock(&node->lock);
    uint64_t size = ops->size == NULL ? 0 : ops->size(node);
    if (*offset >= size) {
        status = ERR_NXIO;
    } else if (ops->find_data != NULL) {
        status = ops->find_data(node, hole, offset);
    } else if (hole) {
        *offset = size;
    }
    mutex_unlock(&node->lock);
    return status;
}

enum status vfs_resize(struct vfs_node *node, uint64_t size)
{
    return resize(node, size, false);
}

enum status vfs_cut(struct vfs_node *node, uint64_t size)
{
    return resize(node, size, true);
}

const void *vfs_span(struct vfs_node *node, uint64_t offset, size_t *len)
{
    const struct vfs_node_ops *ops = ops_of(node);
    const void *bytes = NULL;

    if (ops->span != NULL) {
        mutex_lock(&node->lock);
        bytes = ops->span(node, offset, len);
        mutex_unlock(&node->lock);
    }
    return bytes;
}

struct backing *vfs_backing(struct vfs_node *node)
{
    const struct vfs_node_ops *ops = ops_of(node);

    return ops->backing != NULL ? ops->backing(node) : NULL;
}

bool vfs_is_zero_device(struct vfs_node *node)
{
    return node->type == VFS_NODE_DEVICE && device_node_number(node) == DEVICE_ZERO;
}

static uint32_t device_of(struct vfs_node *node)
{
    if (vfs_is_special(node)) {
        return special_device(node);
    }
    return node->type == VFS_NODE_DEVICE ? device_node_number(node) : 0;
}

void vfs_stat(struct vfs_node *node, struct coco_stat *out)
{
    const struct vfs_node_ops *ops = ops_of(node);

    memset(out, 0, sizeof(*out));
    out->inode = node->inode;
    out->type = vfs_type(node);
    out->device = device_of(node);
    out->permissions = node->permissions;
    out->links = __atomic_load_n(&node->links, __ATOMIC_RELAXED);
    out->size = vfs_size(node);
    out->modified = node->modified;
    out->changed = node->changed;
    out->accessed = node->accessed;
    if (ops->resident_pages != NULL) {
        mutex_lock(&node->lock);
        out->blocks = ops->resident_pages(node) * BLOCKS_PER_PAGE;
        mutex_unlock(&node->lock);
    }
}

enum status vfs_set_attributes(struct vfs_node *node, const struct coco_attributes *attributes)
{
    uint32_t wanted = attributes->wanted;
    bool mode = (wanted & COCO_ATTRIBUTE_PERMISSIONS) != 0;
    int64_t now = vfs_now();

    if ((wanted & ~COCO_ATTRIBUTE_MASK) != 0 ||
        (mode && (attributes->permissions & ~COCO_PERMISSIONS_MASK) != 0)) {
        return ERR_INVAL;
    }
    if (mode && vfs_is_link(node)) {
        return ERR_NOTSUPP; // everybody may follow it
    }
    if (wanted == 0) {
        return OK;
    }
    if (mode) {
        node->permissions = attributes->permissions;
    }
    if ((wanted & (COCO_ATTRIBUTE_MODIFIED | COCO_ATTRIBUTE_MODIFIED_NOW)) != 0) {
        bool given = (wanted & COCO_ATTRIBUTE_MODIFIED_NOW) == 0;
        node->modified = given ? attributes->modified : now;
    }
    if ((wanted & (COCO_ATTRIBUTE_ACCESSED | COCO_ATTRIBUTE_ACCESSED_NOW)) != 0) {
        bool given = (wanted & COCO_ATTRIBUTE_ACCESSED_NOW) == 0;
        node->accessed = given ? attributes->accessed : now;
    }
    node->changed = now;
    return OK;
}
