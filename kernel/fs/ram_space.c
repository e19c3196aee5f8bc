// SPDX-License-Identifier: MIT
// Files in memory: room made ahead, and where their holes are. Under the node's lock.
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/page.h>

#include "ram.h"

enum status ram_file_allocate(struct vfs_node *node, uint64_t offset, uint64_t len)
{
    struct ram_file *file = ram_file_of(node);
    enum status status = OK;
    uint64_t end;

    if (!checked_add(offset, len, &end) || end > VFS_FILE_SIZE_MAX) {
        return ERR_FBIG;
    }
    if (end > file->size) {
        ram_file_forget_stores(file);
    }
    for (uint64_t at = offset >> PAGE_SHIFT; status == OK && at < div_round_up(end, PAGE_SIZE);
         at++) {
        irqflags_t flags = spin_lock_irqsave(&file->pages_lock);
        paddr_t page;

        status = ram_file_page_locked(file, at, &page);
        spin_unlock_irqrestore(&file->pages_lock, flags);
        sched_check();
    }
    if (status != OK && end > file->size) {
        ram_file_drop_tail(file, file->size, end);
    } else if (status == OK && end > file->size) {
        ram_file_grow(file, end);
    }
    return status;
}

/// The first page at or above `index` that was written.
static uint64_t next_page(struct ram_file *file, uint64_t index)
{
    irqflags_t flags = spin_lock_irqsave(&file->pages_lock);
    uint64_t next = page_map_next(&file->pages, index);

    spin_unlock_irqrestore(&file->pages_lock, flags);
    return next;
}

enum status ram_file_find_data(struct vfs_node *node, bool hole, uint64_t *offset)
{
    struct ram_file *file = ram_file_of(node);
    uint64_t borrowed = div_round_up(file->borrowed_len, PAGE_SIZE);
    uint64_t index = *offset >> PAGE_SHIFT;

    if (!hole) {
        index = index < borrowed ? index : next_page(file, index);
        *offset = MAX(*offset, index << PAGE_SHIFT);
        return *offset < file->size ? OK : ERR_NXIO;
    }
    for (index = MAX(index, borrowed); index << PAGE_SHIFT < file->size; index++) {
        if (next_page(file, index) != index) {
            break;
        }
        sched_check();
    }
    *offset = MIN(MAX(*offset, index << PAGE_SHIFT), file->size);
    return OK;
}
