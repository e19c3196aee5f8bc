// SPDX-License-Identifier: MIT
// Terminals: their life, opening, what is told of them.
#include "terminal.h"

#include <base/check.h>
#include <base/string.h>
#include <fs/vfs.h>
#include <mm/heap.h>
#include <object/inode.h>

enum status terminal_create(uint32_t kind, uint32_t number, struct terminal **out)
{
    struct terminal *terminal;
    enum status status = kzalloc_object(&terminal);

    *out = terminal;
    if (status != OK) {
        return status;
    }
    terminal->refs = 1;
    terminal->kind = kind;
    terminal->number = number;
    mutex_init(&terminal->lock);
    wait_queue_init(&terminal->changed);
    line_init(&terminal->line);
    terminal_note(terminal);
    return OK;
}

void terminal_hold(struct terminal *terminal)
{
    __atomic_fetch_add(&terminal->refs, 1, __ATOMIC_RELAXED);
}

void terminal_put(struct terminal *terminal)
{
    uint32_t after = __atomic_sub_fetch(&terminal->refs, 1, __ATOMIC_ACQ_REL);

    CHECK(after != UINT32_MAX, "a reference to a terminal was given back twice");
    if (after == 0) {
        kfree(terminal);
    }
}

/// What a reader would find at once.
static bool is_readable(const struct line *line)
{
    const uint8_t *characters = line->modes.characters;
    uint32_t least = 1;

    if (line_is_canonical(line)) {
        return line_is_whole(line);
    }
    if (characters[COCO_TERMINAL_VTIME] == 0) {
        least = characters[COCO_TERMINAL_VMIN]; /* with 0 a read never waits */
    }
    return line_readable(line) >= least;
}

void terminal_note(struct terminal *terminal)
{
    const struct line *line = &terminal->line;
    uint32_t events = 0;
    uint32_t master = 0;
    size_t sendable;

    (void)line_output(line, &sendable);
    events |= is_readable(line) ? COCO_EVENT_READ : 0;
    events |= line_can_write(line) ? COCO_EVENT_WRITE : 0;
    master |= sendable > 0 ? COCO_EVENT_READ : 0;
    master |= line_has_room(line) ? COCO_EVENT_WRITE : 0;
    if (terminal->gone) {
        events = COCO_EVENT_READ | COCO_EVENT_WRITE | COCO_EVENT_HANGUP;
    }
    if (terminal->opens == 0 && terminal->was_opened) {
        master |= COCO_EVENT_HANGUP;
    }
    __atomic_store_n(&terminal->events, events, __ATOMIC_RELAXED);
    __atomic_store_n(&terminal->master_events, master, __ATOMIC_RELAXED);
}

void terminal_changed(struct terminal *terminal)
{
    terminal_note(terminal);
    mutex_unlock(&terminal->lock);
    terminal_wake(terminal);
}

bool terminal_is_dead(const struct terminal_file *file)
{
    return !file->master &&
           __atomic_load_n(&file->terminal->epoch, __ATOMIC_RELAXED) != file->epoch;
}

enum status terminal_wait(struct terminal *terminal, uint64_t deadline)
{
    struct waiter waiter;

    wait_prepare(&terminal->changed, &waiter);
    mutex_unlock(&terminal->lock);
    return wait_commit_signals(&waiter, deadline);
}

static enum status open_file(struct terminal *terminal, struct vfs_node *node, unsigned access,
                             struct terminal_file **out)
{
    struct terminal_file *file;
    enum status status = kzalloc_object(&file);

    *out = file;
    if (status != OK) {
        return status;
    }
    object_init(&file->object, COCO_OBJECT_TTY);
    object_change_status_flags(&file->object, 0,
                               (access & SPECIAL_NONBLOCK) != 0 ? COCO_STATUS_NONBLOCK : 0);
    terminal_hold(terminal);
    file->terminal = terminal;
    if (node != NULL) {
        vfs_node_get(node);
        file->node = node;
    }
    return OK;
}

static struct special_opened opened(struct terminal_file *file, unsigned access)
{
    return (struct special_opened){
        .object = &file->object,
        .rights = TERMINAL_RIGHTS | ((access & SPECIAL_READ) != 0 ? COCO_RIGHT_READ : 0) |
                  ((access & SPECIAL_WRITE) != 0 ? COCO_RIGHT_WRITE : 0),
    };
}

enum status terminal_open(struct terminal *terminal, struct vfs_node *node, unsigned access,
                          struct special_opened *out)
{
    struct terminal_file *file;
    enum status status = open_file(terminal, node, access, &file);

    if (status != OK) {
        return status;
    }
    mutex_lock(&terminal->lock);
    if (terminal->gone || !terminal->unlocked) {
        status = ERR_IO;
        file->epoch = terminal->epoch - 1; /* it is not counted */
    } else {
        file->epoch = terminal->epoch;
        terminal->opens++;
        terminal->was_opened = true;
    }
    terminal_changed(terminal);
    if (status != OK) {
        object_put(&file->object);
        return status;
    }
    if ((access & SPECIAL_NO_CONTROL) == 0) {
        session_take(terminal);
    }
    *out = opened(file, access);
    return OK;
}

enum status terminal_open_master(struct terminal *terminal, struct vfs_node *node, unsigned access,
                                 struct special_opened *out)
{
    struct terminal_file *file;
    enum status status = open_file(terminal, node, access, &file);

    if (status == OK) {
        file->master = true;
        *out = opened(file, access);
    }
    return status;
}

/// The master goes: nobody is at the other end any more.
static void end_master(struct terminal *terminal)
{
    mutex_lock(&terminal->lock);
    terminal->gone = true;
    terminal_changed(terminal);
    session_hang_up(terminal, true);
    pseudo_forget(terminal);
    session_remove(terminal);
}

static void file_destroy(struct object *object)
{
    struct terminal_file *file = terminal_file_of(object);
    struct terminal *terminal = file->terminal;

    if (file->master) {
        end_master(terminal);
    } else {
        mutex_lock(&terminal->lock);
        if (!terminal_is_dead(file)) {
            terminal->opens--;
        }
        terminal_changed(terminal);
    }
    terminal_put(terminal);
    vfs_node_put(file->node);
    kfree(file);
}

uint32_t terminal_device(const struct terminal *terminal)
{
    return terminal->kind == COCO_TERMINAL_CONSOLE ? DEVICE_CONSOLE
                                                   : DEVICE_PSEUDO + terminal->number;
}

struct vfs_node *terminal_node(struct object *object)
{
    return terminal_file_of(object)->node;
}

static enum status file_read(struct object *object, struct user_out buffer, size_t *done)
{
    struct terminal_file *file = terminal_file_of(object);

    return file->master ? master_read(file, buffer, done) : terminal_read(file, buffer, done);
}

static enum status file_write(struct object *object, struct user_in buffer, size_t *done)
{
    struct terminal_file *file = terminal_file_of(object);

    return file->master ? master_write(file, buffer, done) : terminal_write(file, buffer, done);
}

static enum status file_stat(struct object *object, struct coco_stat *out)
{
    const struct terminal_file *file = terminal_file_of(object);
    const struct terminal *terminal = file->terminal;

    memset(out, 0, sizeof(*out));
    if (file->node != NULL) {
        vfs_stat(file->node, out);
    } else {
        out->inode = INODE_OF_TERMINALS + terminal->number;
        out->permissions = 0620;
        out->links = 1;
    }
    out->type = COCO_TYPE_DEVICE;
    out->device = file->master ? DEVICE_MASTER : terminal_device(terminal);
    return OK;
}

static uint32_t file_events(struct object *object)
{
    const struct terminal_file *file = terminal_file_of(object);
    const struct terminal *terminal = file->terminal;

    if (file->master) {
        return __atomic_load_n(&terminal->master_events, __ATOMIC_RELAXED);
    }
    if (terminal_is_dead(file)) {
        return COCO_EVENT_READ | COCO_EVENT_WRITE | COCO_EVENT_HANGUP;
    }
    return __atomic_load_n(&terminal->events, __ATOMIC_RELAXED);
}

static struct wait_queue *file_event_queue(struct object *object)
{
    return &terminal_file_of(object)->terminal->changed;
}

const struct object_ops terminal_object_ops = {
    .name = "terminal",
    .destroy = file_destroy,
    .read = file_read,
    .write = file_write,
    .stat = file_stat,
    .events = file_events,
    .event_queue = file_event_queue,
};
