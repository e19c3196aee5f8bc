// SPDX-License-Identifier: MIT
// /Log/logfile: the log ring as a read-only file. Offset 0 is the oldest byte that is still held,
// so the file never exceeds the ring.
#include <base/check.h>
#include <fs/log.h>
#include <mm/heap.h>

#include "ram.h"

#define COPY_CHUNK 512u /* bytes copied from the ring at a time */

enum status log_view_create(struct vfs_node **out)
{
    struct vfs_node *node;

    *out = NULL;
    enum status status = kzalloc_object(&node);
    if (status != OK) {
        return status;
    }
    vfs_node_init(node, VFS_NODE_LOG_VIEW, 0444);
    *out = node;
    return OK;
}

static void log_view_destroy(struct vfs_node *node)
{
    kfree(node);
}

static uint64_t log_view_size(struct vfs_node *node)
{
    uint64_t start;
    uint64_t end;

    (void)node;
    log_ring_bounds(&start, &end);
    return end - start;
}

/// Bytes that a read of `len` at `offset` gives, and where they start in the ring.
static size_t locate(uint64_t offset, uint64_t len, uint64_t *from)
{
    uint64_t start;
    uint64_t end;

    log_ring_bounds(&start, &end);
    if (offset >= end - start) {
        return 0;
    }
    *from = start + offset;
    return (size_t)MIN(len, end - *from);
}

static enum status log_view_read(struct vfs_node *node, struct user_out buffer, uint64_t offset,
                                 size_t *done)
{
    uint64_t from = 0;
    size_t len = locate(offset, buffer.len, &from);
    enum status status = len == 0 ? OK : user_range_check(buffer.addr, len);
    size_t copied = 0;

    (void)node;
    while (status == OK && copied < len) {
        uint8_t chunk[COPY_CHUNK];
        size_t got = log_ring_read(&from, chunk, MIN(sizeof(chunk), len - copied));
        if (got == 0) {
            break;
        }
        status = user_copy_out(uaddr(buffer.addr.v + copied), chunk, got);
        from += got;
        copied += got;
    }
    *done = copied;
    return status;
}

static enum status log_view_read_kernel(struct vfs_node *node, void *buffer, size_t len,
                                        uint64_t offset, size_t *done)
{
    uint64_t from = 0;

    (void)node;
    len = locate(offset, len, &from);
    *done = len == 0 ? 0 : log_ring_read(&from, buffer, len);
    return OK;
}

const struct vfs_node_ops log_view_ops = {
    .destroy = log_view_destroy,
    .size = log_view_size,
    .read = log_view_read,
    .read_kernel = log_view_read_kernel,
};
