// SPDX-License-Identifier: MIT
// Files in memory: sparse pages over bytes borrowed from the boot archive.
//
// Reading a byte looks for its page, then among the borrowed bytes, else it is a hole and reads as
// zero. A write to a page that is not there makes it, with the borrowed bytes of that page if there
// are any. All but `span` run under the node's lock, which the page-fault path never takes; that
// path brings pages under pages_lock alone (ram_map.c). Pages go away under both locks only, so a
// page that was found may be used under the node's lock.
#include <arch/paging.h>
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <mm/page.h>

#include "ram.h"

/// Window slot for kernel access to a page; 0 and 1 are used by mm.
#define FILE_WINDOW 2u

/// Pages that are dropped under one hold of the lock.
#define CUT_STEP 512u

/// Bytes that a read copies, or clears for a hole, between two looks at the scheduler.
#define READ_STEP ((size_t)64 * 1024)

/// Where the bytes from some offset on are, as far as they lie in one piece.
struct extent {
    paddr_t page; /* not 0: in this page at page_offset */
    size_t page_offset;
    const uint8_t *bytes; /* not NULL: borrowed; both absent: a hole */
    size_t len;           /* > 0 */
};

enum status ram_file_create(uint32_t permissions, struct ram_file **out)
{
    struct ram_file *file;

    *out = NULL;
    if (!ram_budget_take_meta(sizeof(*file))) {
        return ERR_NOMEM;
    }
    enum status status = kzalloc_object(&file);
    if (status != OK) {
        ram_budget_return_meta(sizeof(*file));
        return status;
    }
    vfs_node_init(&file->node, VFS_NODE_RAM_FILE, permissions);
    file->backing.type = BACKING_FILE;
    spin_init(&file->pages_lock);
    *out = file;
    return OK;
}

static void ram_file_destroy(struct vfs_node *node)
{
    struct ram_file *file = ram_file_of(node);

    uint64_t freed;

    while (page_map_cut_some(&file->pages, 0, &freed)) {
        ram_budget_return_data(freed * PAGE_SIZE);
        sched_check();
    }
    ram_budget_return_data(freed * PAGE_SIZE);
    kfree(file);
    ram_budget_return_meta(sizeof(*file));
}

static uint64_t ram_file_size(struct vfs_node *node)
{
    return __atomic_load_n(&ram_file_of(node)->size, __ATOMIC_RELAXED);
}

static uint64_t ram_file_resident_pages(struct vfs_node *node)
{
    struct ram_file *file = ram_file_of(node);

    uint64_t most = div_round_up(file->size, PAGE_SIZE);

    // A written page of a borrowed file is counted on both sides.
    return MIN(file->pages.count + div_round_up(file->borrowed_len, PAGE_SIZE), most);
}

/// Under both locks.
static void set_size_locked(struct ram_file *file, uint64_t size)
{
    __atomic_store_n(&file->size, size, __ATOMIC_RELAXED);
}

/// The page at `index`, or paddr(0). Under the node's lock it stays.
static paddr_t find_page(struct ram_file *file, uint64_t index)
{
    irqflags_t flags = spin_lock_irqsave(&file->pages_lock);
    paddr_t page = page_map_find(&file->pages, index);

    spin_unlock_irqrestore(&file->pages_lock, flags);
    return page;
}

static struct extent find_extent(struct ram_file *file, uint64_t offset, size_t len)
{
    size_t in_page = (size_t)(offset & PAGE_MASK);
    struct extent found = {.page_offset = in_page, .len = len};

    if (__atomic_load_n(&file->pages.count, __ATOMIC_RELAXED) != 0) {
        found.page = find_page(file, offset >> PAGE_SHIFT);
        found.len = MIN(len, (size_t)PAGE_SIZE - in_page);
    }
    if (found.page.v == 0 && offset < file->borrowed_len) {
        found.bytes = file->borrowed + offset;
        found.len = MIN(found.len, (size_t)(file->borrowed_len - offset));
    }
    return found;
}

static enum status copy_extent_out(const struct extent *from, uaddr_t to)
{
    if (from->page.v != 0) {
        struct user_out piece = {to, from->len};
        return user_copy_from_page(from->page, from->page_offset, piece, NULL);
    }
    if (from->bytes != NULL) {
        return user_copy_out(to, from->bytes, from->len);
    }
    return user_zero(to, from->len);
}

static void copy_extent(const struct extent *from, uint8_t *to)
{
    if (from->page.v != 0) {
        const uint8_t *window = arch_window_map(FILE_WINDOW, from->page);
        memcpy(to, window + from->page_offset, from->len);
        arch_window_unmap(FILE_WINDOW);
    } else if (from->bytes != NULL) {
        memcpy(to, from->bytes, from->len);
    } else {
        memset(to, 0, from->len);
    }
}

/// Bytes that a read of `len` at `offset` can give.
static size_t readable(const struct ram_file *file, uint64_t offset, uint64_t len)
{
    return offset >= file->size ? 0 : (size_t)MIN(len, file->size - offset);
}

static enum status ram_file_read(struct vfs_node *node, struct user_out buffer, uint64_t offset,
                                 size_t *done)
{
    struct ram_file *file = ram_file_of(node);
    size_t len = readable(file, offset, buffer.len);
    enum status status = len == 0 ? OK : user_range_check(buffer.addr, len);

    for (size_t copied = 0; status == OK && copied < len;) {
        struct extent extent = find_extent(file, offset + copied, MIN(len - copied, READ_STEP));
        status = copy_extent_out(&extent, uaddr(buffer.addr.v + copied));
        copied += extent.len;
        if (copied < len) {
            sched_check();
        }
    }
    *done = len;
    return status;
}

static enum status ram_file_read_kernel(struct vfs_node *node, void *buffer, size_t len,
                                        uint64_t offset, size_t *done)
{
    struct ram_file *file = ram_file_of(node);

    len = readable(file, offset, len);
    for (size_t copied = 0; copied < len;) {
        struct extent extent = find_extent(file, offset + copied, len - copied);
        copy_extent(&extent, (uint8_t *)buffer + copied);
        copied += extent.len;
    }
    *done = len;
    return OK;
}

/// Put the borrowed bytes of page `index` into `page`, which is zero.
static void fill_borrowed(const struct ram_file *file, uint64_t index, paddr_t page)
{
    uint64_t start = index << PAGE_SHIFT;

    if (start < file->borrowed_len) {
        uint8_t *window = arch_window_map(FILE_WINDOW, page);
        memcpy(window, file->borrowed + start, MIN(file->borrowed_len - start, PAGE_SIZE));
        arch_window_unmap(FILE_WINDOW);
    }
}

enum status ram_file_page_locked(struct ram_file *file, uint64_t index, paddr_t *out)
{
    enum status status;

    *out = page_map_find(&file->pages, index);
    if (out->v != 0) {
        return OK;
    }
    status = ram_budget_take_data(PAGE_SIZE);
    if (status != OK) {
        return status;
    }
    status = page_alloc_zeroed(out);
    if (status == OK) {
        fill_borrowed(file, index, *out);
        status = page_map_insert(&file->pages, index, *out);
        if (status == OK) {
            return OK;
        }
        page_free(*out, 0);
    }
    ram_budget_return_data(PAGE_SIZE);
    return status;
}

/// Put a whole page of user memory at `index`, where no page is. ERR_EXIST: by now there is one.
static enum status write_whole_page(struct ram_file *file, uint64_t index, struct user_in piece)
{
    enum status status;
    irqflags_t flags;
    paddr_t page;

    status = ram_budget_take_data(PAGE_SIZE);
    if (status != OK) {
        return status;
    }
    status = page_alloc(0, &page);
    if (status != OK) {
        goto out_budget;
    }
    /* May bring a page of this very file, through a mapping. */
    status = user_copy_to_page(page, 0, piece, NULL);
    if (status == OK) {
        flags = spin_lock_irqsave(&file->pages_lock);
        status = page_map_find(&file->pages, index).v != 0
                     ? ERR_EXIST
                     : page_map_insert(&file->pages, index, page);
        spin_unlock_irqrestore(&file->pages_lock, flags);
    }
    if (status == OK) {
        return OK;
    }
    page_free(page, 0);
out_budget:
    ram_budget_return_data(PAGE_SIZE);
    return status;
}

static enum status write_piece(struct ram_file *file, uint64_t offset, struct user_in piece)
{
    uint64_t index = offset >> PAGE_SHIFT;
    paddr_t page = find_page(file, index);
    enum status status = OK;

    if (page.v == 0 && piece.len == PAGE_SIZE) {
        status = write_whole_page(file, index, piece);
        if (status != ERR_EXIST) {
            return status;
        }
    }
    if (page.v == 0) {
        irqflags_t flags = spin_lock_irqsave(&file->pages_lock);

        status = ram_file_page_locked(file, index, &page);
        spin_unlock_irqrestore(&file->pages_lock, flags);
    }
    return status == OK ? user_copy_to_page(page, (size_t)(offset & PAGE_MASK), piece, NULL)
                        : status;
}

/// Clear the bytes from `size` to the end of its page, if that page is there.
static void clear_tail(struct ram_file *file, uint64_t size)
{
    size_t in_page = (size_t)(size & PAGE_MASK);
    paddr_t last = in_page != 0 ? find_page(file, size >> PAGE_SHIFT) : paddr(0);

    if (last.v != 0) {
        uint8_t *window = arch_window_map(FILE_WINDOW, last);
        memset(window + in_page, 0, PAGE_SIZE - in_page);
        arch_window_unmap(FILE_WINDOW);
    }
}

void ram_file_drop_tail(struct ram_file *file, uint64_t size, uint64_t end)
{
    uint64_t first = div_round_up(size, PAGE_SIZE);
    uint64_t at = div_round_up(end, PAGE_SIZE);
    irqflags_t flags = spin_lock_irqsave(&file->pages_lock);

    set_size_locked(file, size);
    file->borrowed_len = MIN(file->borrowed_len, size);
    spin_unlock_irqrestore(&file->pages_lock, flags);
    while (at > first && file->pages.count > 0) {
        uint64_t freed;

        at = at - first > CUT_STEP ? at - CUT_STEP : first;
        flags = spin_lock_irqsave(&file->pages_lock);
        freed = page_map_cut(&file->pages, at);
        spin_unlock_irqrestore(&file->pages_lock, flags);
        ram_budget_return_data(freed * PAGE_SIZE);
        sched_check();
    }
    clear_tail(file, size);
}

void ram_file_forget_stores(struct ram_file *file)
{
    if (file->stored_to) {
        clear_tail(file, file->size);
    }
}

void ram_file_grow(struct ram_file *file, uint64_t size)
{
    irqflags_t flags = spin_lock_irqsave(&file->pages_lock);

    set_size_locked(file, size);
    spin_unlock_irqrestore(&file->pages_lock, flags);
}

static enum status ram_file_write(struct vfs_node *node, struct user_in buffer, uint64_t offset,
                                  uint64_t *end)
{
    struct ram_file *file = ram_file_of(node);
    uint64_t start = offset == VFS_OFFSET_END ? file->size : offset;
    enum status status = OK;

    if (!checked_add(start, buffer.len, end) || *end > VFS_FILE_SIZE_MAX) {
        return ERR_FBIG;
    }
    status = user_range_check(buffer.addr, buffer.len);
    if (status == OK && *end > file->size) {
        ram_file_forget_stores(file);
    }
    for (uint64_t at = start; status == OK && at < *end;) {
        uint64_t len = MIN(*end - at, PAGE_SIZE - (at & PAGE_MASK));
        struct user_in piece = {uaddr(buffer.addr.v + (at - start)), len};
        status = write_piece(file, at, piece);
        at += len;
        if (at < *end) {
            sched_check();
        }
    }
    if (status != OK && *end > file->size) {
        ram_file_drop_tail(file, file->size, *end);
    } else if (status == OK && *end > file->size) {
        ram_file_grow(file, *end);
    }
    return status;
}

static enum status ram_file_resize(struct vfs_node *node, uint64_t size, bool cut_only)
{
    struct ram_file *file = ram_file_of(node);

    if (cut_only && size > file->size) {
        return ERR_INVAL;
    }
    if (size > VFS_FILE_SIZE_MAX) {
        return ERR_FBIG;
    }
    if (size < file->size) {
        ram_file_drop_tail(file, size, file->size);
        ram_file_cut_mappings(file);
    } else if (size > file->size) {
        ram_file_forget_stores(file);
        ram_file_grow(file, size);
    }
    return OK;
}

static const void *ram_file_span(struct vfs_node *node, uint64_t offset, size_t *len)
{
    struct extent extent = find_extent(ram_file_of(node), offset, SIZE_MAX);

    *len = extent.len;
    return extent.page.v == 0 ? extent.bytes : NULL;
}

const struct vfs_node_ops ram_file_ops = {
    .destroy = ram_file_destroy,
    .size = ram_file_size,
    .resident_pages = ram_file_resident_pages,
    .read = ram_file_read,
    .read_kernel = ram_file_read_kernel,
    .write = ram_file_write,
    .resize = ram_file_resize,
    .allocate = ram_file_allocate,
    .find_data = ram_file_find_data,
    .span = ram_file_span,
    .backing = ram_file_backing,
};
