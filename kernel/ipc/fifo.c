// SPDX-License-Identifier: MIT
#include <ipc/fifo.h>

#include <mm/heap.h>

#include "pipe_end.h"

#define HANDLE_RIGHTS (COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT)

enum status fifo_create(uint32_t permissions, struct vfs_node **out)
{
    struct pipe *pipe;
    enum status status = pipe_create(&pipe);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    status = special_create(SPECIAL_FIFO, pipe, permissions, out);
    if (status != OK) {
        pipe_put(pipe);
    }
    return status;
}

/// The counts of the other side of `end`: ends now, and ends that ever were.
static const uint32_t *others(const struct pipe_end *end, const uint32_t **opens)
{
    const struct pipe *pipe = end->pipe;
    bool reads = (end->access & PIPE_END_READ) != 0;

    *opens = reads ? &pipe->writer_opens : &pipe->reader_opens;
    return reads ? &pipe->writers : &pipe->readers;
}

/// Wait until the other side is there, or has been there since `seen` ends ever were.
static enum status wait_for_other(struct pipe_end *end, uint32_t seen)
{
    struct pipe *pipe = end->pipe;
    const uint32_t *opens;
    const uint32_t *count = others(end, &opens);
    enum status status = OK;

    while (status == OK) {
        struct waiter waiter;
        mutex_lock(&pipe->lock);
        if (*count != 0 || *opens != seen) {
            mutex_unlock(&pipe->lock);
            break;
        }
        wait_prepare(&pipe->changed, &waiter);
        mutex_unlock(&pipe->lock);
        status = wait_commit_signals(&waiter, WAIT_FOREVER);
    }
    return status;
}

/// Count a new end in, unless it would have to wait for a reader and may not. `*seen` gets how many
/// ends of the other side ever were.
static enum status enter(struct pipe_end *end, bool nonblock, uint32_t *seen)
{
    struct pipe *pipe = end->pipe;
    enum status status = OK;
    const uint32_t *opens;

    mutex_lock(&pipe->lock);
    (void)others(end, &opens);
    *seen = *opens;
    end->writers_seen = pipe->writer_opens - (pipe->writers != 0);
    if (nonblock && end->access == PIPE_END_WRITE && pipe->readers == 0) {
        status = ERR_NXIO;
    } else {
        pipe_end_count_locked(end, 1);
    }
    mutex_unlock(&pipe->lock);
    if (status == OK) {
        wait_wake(&pipe->changed, WAIT_ALL);
    }
    return status;
}

static uint32_t rights_of(unsigned access)
{
    return HANDLE_RIGHTS | ((access & SPECIAL_READ) != 0 ? COCO_RIGHT_READ : 0) |
           ((access & SPECIAL_WRITE) != 0 ? COCO_RIGHT_WRITE : 0);
}

static enum status fifo_open(struct vfs_node *node, void *state, unsigned access,
                             struct special_opened *out)
{
    bool nonblock = (access & SPECIAL_NONBLOCK) != 0;
    struct pipe *pipe = state;
    struct pipe_end *end;
    uint32_t seen;
    enum status status = pipe_end_create(pipe,
                                         ((access & SPECIAL_READ) != 0 ? PIPE_END_READ : 0) |
                                             ((access & SPECIAL_WRITE) != 0 ? PIPE_END_WRITE : 0),
                                         &end);

    if (status != OK) {
        return status;
    }
    status = enter(end, nonblock, &seen);
    if (status != OK) {
        pipe_put(pipe);
        kfree(end);
        return status;
    }
    vfs_node_get(node);
    end->node = node;
    object_init(&end->object, COCO_OBJECT_PIPE);
    object_change_status_flags(&end->object, 0, nonblock ? COCO_STATUS_NONBLOCK : 0);
    if (!nonblock && end->access != (PIPE_END_READ | PIPE_END_WRITE)) {
        status = wait_for_other(end, seen);
    }
    if (status != OK) {
        object_put(&end->object);
        return status;
    }
    *out = (struct special_opened){&end->object, rights_of(access)};
    return OK;
}

static uint64_t fifo_size(void *state)
{
    const struct pipe *pipe = state;

    return pipe_buffer_used(&pipe->buffer);
}

static void fifo_destroy(void *state)
{
    pipe_put(state);
}

const struct special_ops fifo_special_ops = {
    .type = COCO_TYPE_PIPE,
    .open = fifo_open,
    .size = fifo_size,
    .destroy = fifo_destroy,
};
