// SPDX-License-Identifier: MIT
// Pipes.
//
// Everybody who waits, to read, to write or for events, waits in one queue and looks again when it
// is woken: readers and writers wait at the same time only when a write has to go in as a whole.
#include <ipc/pipe.h>

#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/heap.h>
#include <object/inode.h>

#include "pipe_end.h"

static uint64_t next_inode = INODE_OF_PIPES; /* atomic */

static struct pipe_end *end_of(struct object *object)
{
    return container_of(object, struct pipe_end, object);
}

enum status pipe_create(struct pipe **out)
{
    struct pipe *pipe;
    enum status status = kzalloc_object(&pipe);

    *out = pipe;
    if (status != OK) {
        return status;
    }
    pipe->refs = 1;
    pipe->inode = __atomic_fetch_add(&next_inode, 1, __ATOMIC_RELAXED);
    mutex_init(&pipe->lock);
    wait_queue_init(&pipe->changed);
    return OK;
}

void pipe_put(struct pipe *pipe)
{
    if (pipe == NULL) {
        return;
    }
    uint32_t after = __atomic_sub_fetch(&pipe->refs, 1, __ATOMIC_ACQ_REL);
    CHECK(after != UINT32_MAX, "a reference to a pipe was given back twice");
    if (after == 0) {
        pipe_buffer_clear(&pipe->buffer);
        kfree(pipe);
    }
}

enum status pipe_end_create(struct pipe *pipe, unsigned access, struct pipe_end **out)
{
    struct pipe_end *end;
    enum status status = kzalloc_object(&end);

    *out = end;
    if (status != OK) {
        return status;
    }
    __atomic_fetch_add(&pipe->refs, 1, __ATOMIC_RELAXED);
    end->pipe = pipe;
    end->access = access;
    return OK;
}

/// Add to a count that others look at without the lock.
static void add(uint32_t *count, int change)
{
    __atomic_store_n(count, *count + (uint32_t)change, __ATOMIC_RELAXED);
}

void pipe_end_count_locked(struct pipe_end *end, int change)
{
    struct pipe *pipe = end->pipe;

    if ((end->access & PIPE_END_READ) != 0) {
        add(&pipe->readers, change);
        add(&pipe->reader_opens, change > 0);
    }
    if ((end->access & PIPE_END_WRITE) != 0) {
        add(&pipe->writers, change);
        add(&pipe->writer_opens, change > 0);
    }
    if (pipe->readers == 0 && pipe->writers == 0) {
        pipe_buffer_clear(&pipe->buffer); // what nobody read is lost, also in a FIFO
    }
}

static void count_end(struct pipe_end *end, int change)
{
    mutex_lock(&end->pipe->lock);
    pipe_end_count_locked(end, change);
    mutex_unlock(&end->pipe->lock);
    wait_wake(&end->pipe->changed, WAIT_ALL);
}

enum status pipe_open_end(struct pipe *pipe, unsigned access, struct object **out)
{
    struct pipe_end *end;
    enum status status = pipe_end_create(pipe, access, &end);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    end->writers_seen = pipe->writer_opens - 1; // an end that goes is missed from the beginning
    object_init(&end->object, COCO_OBJECT_PIPE);
    count_end(end, 1);
    *out = &end->object;
    return OK;
}

static void end_destroy(struct object *object)
{
    struct pipe_end *end = end_of(object);

    count_end(end, -1);
    pipe_put(end->pipe);
    vfs_node_put(end->node);
    kfree(end);
}

struct vfs_node *pipe_node(struct object *object)
{
    return end_of(object)->node;
}

static bool waits(const struct object *object)
{
    return (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;
}

/// Wait for a change. Called with the pipe's lock, which is given back.
static enum status wait_for_change(struct pipe *pipe)
{
    struct waiter waiter;

    wait_prepare(&pipe->changed, &waiter);
    mutex_unlock(&pipe->lock);
    return wait_commit_signals(&waiter, WAIT_FOREVER);
}

static enum status pipe_read(struct object *object, struct user_out buffer, size_t *done)
{
    struct pipe *pipe = end_of(object)->pipe;
    enum status status = OK;

    *done = 0;
    while (status == OK && buffer.len > 0) {
        mutex_lock(&pipe->lock);
        if (pipe->buffer.used > 0) {
            status = pipe_buffer_take(&pipe->buffer, buffer, done);
            mutex_unlock(&pipe->lock);
            wait_wake(&pipe->changed, WAIT_ALL);
            break;
        }
        if (pipe->writers == 0 || !waits(object)) {
            status = pipe->writers == 0 ? OK : ERR_AGAIN;
            mutex_unlock(&pipe->lock);
            break;
        }
        status = wait_for_change(pipe);
    }
    if (*done > 0 && end_of(object)->node != NULL) {
        vfs_note_read(end_of(object)->node);
    }
    return status;
}

/// One step of a write, with the lock. `*part` gets the bytes that went in; ERR_AGAIN: no room.
static enum status write_part(struct pipe *pipe, struct user_in rest, bool whole, size_t *part)
{
    uint32_t needed = whole ? (uint32_t)rest.len : 1;

    *part = 0;
    if (pipe->readers == 0) {
        return ERR_PIPE;
    }
    if (pipe_buffer_room(&pipe->buffer) < needed) {
        return ERR_AGAIN;
    }
    return pipe_buffer_put(&pipe->buffer, rest, whole, part);
}

static enum status pipe_write(struct object *object, struct user_in buffer, size_t *done)
{
    struct pipe *pipe = end_of(object)->pipe;
    bool whole = buffer.len <= COCO_PIPE_BUF;
    enum status status = OK;

    *done = 0;
    while (status == OK && *done < buffer.len) {
        struct user_in rest = {uaddr(buffer.addr.v + *done), buffer.len - *done};
        size_t part;

        mutex_lock(&pipe->lock);
        bool was_empty = pipe->buffer.used == 0;
        status = write_part(pipe, rest, whole, &part);
        if (status == ERR_AGAIN && waits(object)) {
            status = wait_for_change(pipe);
            continue;
        }
        mutex_unlock(&pipe->lock);
        *done += part;
        if (was_empty && part > 0) {
            wait_wake(&pipe->changed, WAIT_ALL);
        }
    }
    if (*done > 0 && end_of(object)->node != NULL) {
        vfs_note_write(end_of(object)->node);
    }
    return *done > 0 ? OK : status; // what went in cannot be taken back
}

static enum status pipe_stat(struct object *object, struct coco_stat *out)
{
    const struct pipe_end *end = end_of(object);

    if (end->node != NULL) {
        vfs_stat(end->node, out);
        return OK;
    }
    memset(out, 0, sizeof(*out));
    out->inode = end->pipe->inode;
    out->type = COCO_TYPE_PIPE;
    out->permissions = 0600;
    out->links = 1;
    out->size = pipe_buffer_used(&end->pipe->buffer);
    return OK;
}

/// Whether somebody can have hung up: a FIFO that was opened without waiting may still be waiting
/// for its first writer.
static bool has_seen_writer(const struct pipe_end *end)
{
    return __atomic_load_n(&end->pipe->writer_opens, __ATOMIC_RELAXED) != end->writers_seen;
}

static uint32_t pipe_events(struct object *object)
{
    const struct pipe_end *end = end_of(object);
    const struct pipe *pipe = end->pipe;
    uint32_t readers = __atomic_load_n(&pipe->readers, __ATOMIC_RELAXED);
    uint32_t writers = __atomic_load_n(&pipe->writers, __ATOMIC_RELAXED);
    uint32_t events = 0;

    if ((end->access & PIPE_END_READ) != 0) {
        events |= pipe_buffer_used(&pipe->buffer) > 0 ? COCO_EVENT_READ : 0;
        events |= writers == 0 && has_seen_writer(end) ? COCO_EVENT_HANGUP : 0;
    }
    if ((end->access & PIPE_END_WRITE) != 0) {
        // Without readers a write returns at once, too.
        bool room = pipe_buffer_room(&pipe->buffer) >= COCO_PIPE_BUF;
        events |= room || readers == 0 ? COCO_EVENT_WRITE : 0;
        events |= readers == 0 ? COCO_EVENT_ERROR : 0;
    }
    return events;
}

static struct wait_queue *pipe_event_queue(struct object *object)
{
    return &end_of(object)->pipe->changed;
}

const struct object_ops pipe_object_ops = {
    .name = "pipe",
    .destroy = end_destroy,
    .read = pipe_read,
    .write = pipe_write,
    .stat = pipe_stat,
    .events = pipe_events,
    .event_queue = pipe_event_queue,
};
