// SPDX-License-Identifier: MIT
// Devices without hardware: files below /dev whose content is made up as it is read. One read or
// write moves DEVICE_STEP_MAX bytes at most, because other users of the node wait meanwhile.
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <mm/random.h>

#include "ram.h"

#define DEVICE_STEP_MAX (1u << 20) /* bytes */
#define RANDOM_CHUNK 512u          /* bytes made at a time */

struct device_node {
    struct vfs_node node;
    enum device_number number;
};

static enum device_number number_of(struct vfs_node *node)
{
    return container_of(node, struct device_node, node)->number;
}

enum status device_node_create(enum device_number number, struct vfs_node **out)
{
    struct device_node *device;
    enum status status = kzalloc_object(&device);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    vfs_node_init(&device->node, VFS_NODE_DEVICE, 0666);
    device->number = number;
    *out = &device->node;
    return OK;
}

uint32_t device_node_number(struct vfs_node *node)
{
    return (uint32_t)number_of(node);
}

static void device_destroy(struct vfs_node *node)
{
    kfree(container_of(node, struct device_node, node));
}

static enum status read_random(struct user_out buffer, size_t len)
{
    uint8_t chunk[RANDOM_CHUNK];
    enum status status = OK;

    for (size_t at = 0; status == OK && at < len; at += sizeof(chunk)) {
        size_t part = MIN(sizeof(chunk), len - at);
        random_bytes(chunk, part);
        status = user_copy_out(uaddr(buffer.addr.v + at), chunk, part);
        sched_check();
    }
    memset(chunk, 0, sizeof(chunk)); // what others get must not be learnt from this stack
    return status;
}

static enum status device_read(struct vfs_node *node, struct user_out buffer, uint64_t offset,
                               size_t *done)
{
    size_t len = (size_t)MIN(buffer.len, (uint64_t)DEVICE_STEP_MAX);
    enum device_number number = number_of(node);

    (void)offset;
    if (number == DEVICE_NULL || len == 0) {
        *done = 0;
        return OK;
    }
    *done = len;
    enum status status = user_range_check(buffer.addr, len);
    if (status != OK) {
        return status;
    }
    return number == DEVICE_RANDOM ? read_random(buffer, len) : user_zero(buffer.addr, len);
}

/// As a program: an empty one.
static enum status device_read_kernel(struct vfs_node *node, void *buffer, size_t len,
                                      uint64_t offset, size_t *done)
{
    (void)node;
    (void)buffer;
    (void)len;
    (void)offset;
    *done = 0;
    return OK;
}

/// Bytes go nowhere and are not looked at; positions do not matter.
static enum status device_write(struct vfs_node *node, struct user_in buffer, uint64_t offset,
                                uint64_t *end)
{
    (void)buffer;
    *end = offset == VFS_OFFSET_END ? 0 : offset;
    return number_of(node) == DEVICE_FULL ? ERR_NOSPC : OK;
}

static enum status device_resize(struct vfs_node *node, uint64_t size, bool cut_only)
{
    (void)node;
    (void)cut_only;
    return size == 0 ? OK : ERR_INVAL; // opening cuts to 0
}

const struct vfs_node_ops device_node_ops = {
    .destroy = device_destroy,
    .read = device_read,
    .read_kernel = device_read_kernel,
    .write = device_write,
    .resize = device_resize,
};
