// SPDX-License-Identifier: MIT
// Files in memory as what mappings show. Everything here may run under the lock of an address space
// while a page fault is served: it takes the file's pages_lock only, never node.lock, which may be
// held by the very thread that faults.
#include <base/math.h>
#include <base/string.h>
#include <mm/page.h>
#include <mm/sized_memory.h>

#include "ram.h"

struct backing *ram_file_backing(struct vfs_node *node)
{
    return &ram_file_of(node)->backing;
}

static void ram_file_get(struct backing *backing)
{
    struct ram_file *file = ram_file_of_backing(backing);

    vfs_node_get(&file->node);
    __atomic_fetch_add(&file->mappings, 1, __ATOMIC_RELAXED);
}

static void ram_file_put(struct backing *backing)
{
    struct ram_file *file = ram_file_of_backing(backing);

    __atomic_fetch_sub(&file->mappings, 1, __ATOMIC_RELAXED);
    vfs_node_put(&file->node);
}

void ram_file_cut_mappings(struct ram_file *file)
{
    /* A mapping that comes now finds the size that was set under pages_lock before. */
    if (__atomic_load_n(&file->mappings, __ATOMIC_RELAXED) != 0) {
        backing_cut_mappings(&file->backing, div_round_up(file->size, PAGE_SIZE));
    }
}

static bool is_beyond_locked(const struct ram_file *file, uint64_t index)
{
    return index >= div_round_up(file->size, PAGE_SIZE);
}

/// What is stored through mappings counts when they could first be stored to.
static void note_stores_locked(struct ram_file *file)
{
    file->stored_to = true;
    file->node.modified = vfs_now();
    file->node.changed = file->node.modified;
}

static enum status ram_file_page(struct backing *backing, uint64_t index, bool write, paddr_t *out)
{
    struct ram_file *file = ram_file_of_backing(backing);
    irqflags_t flags = spin_lock_irqsave(&file->pages_lock);
    enum status status = is_beyond_locked(file, index) ? ERR_IO : OK;

    if (status == OK) {
        status = ram_file_page_locked(file, index, out);
    }
    if (status == OK) {
        page_ref(*out);
    }
    if (status == OK && write) {
        note_stores_locked(file);
    }
    spin_unlock_irqrestore(&file->pages_lock, flags);
    /* No room in the file system: as if the file ended there, which is what others do, too. */
    return status == ERR_NOSPC ? ERR_IO : status;
}

static bool ram_file_is_beyond(struct backing *backing, uint64_t index)
{
    struct ram_file *file = ram_file_of_backing(backing);
    irqflags_t flags = spin_lock_irqsave(&file->pages_lock);
    bool beyond = is_beyond_locked(file, index);

    spin_unlock_irqrestore(&file->pages_lock, flags);
    return beyond;
}

static void ram_file_note_stores(struct backing *backing)
{
    struct ram_file *file = ram_file_of_backing(backing);
    irqflags_t flags = spin_lock_irqsave(&file->pages_lock);

    note_stores_locked(file);
    spin_unlock_irqrestore(&file->pages_lock, flags);
}

static const struct backing_ops ram_file_backing_ops = {
    .get = ram_file_get,
    .put = ram_file_put,
    .page = ram_file_page,
    .is_beyond = ram_file_is_beyond,
    .note_stores = ram_file_note_stores,
};

const struct backing_ops *const backing_ops[BACKING_TYPE_COUNT] = {
    [BACKING_SHARED_MEMORY] = &shared_memory_ops,
    [BACKING_FILE] = &ram_file_backing_ops,
    [BACKING_SIZED] = &sized_memory_ops,
    [BACKING_SIZED_WRITER] = &sized_memory_writer_ops,
};
