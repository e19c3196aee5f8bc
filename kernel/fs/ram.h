// SPDX-License-Identifier: MIT
// Private: nodes that live in memory.
#pragma once

#include <arch/spinlock.h>
#include <base/tree.h>
#include <fs/fs.h>
#include <fs/vfs.h>
#include <mm/backing.h>
#include <mm/page_map.h>

/// A name in a directory; holds one reference to the node.
struct ram_entry {
    struct tree_node link;
    struct vfs_node *node;
    size_t name_len;
    char name[]; /* name_len bytes and a NUL */
};

/// A directory; all fields guarded by the tree lock.
struct ram_dir {
    struct vfs_node node;
    struct ram_dir *parent;       /* NULL for the root and for a removed directory */
    const struct ram_entry *name; /* its own, in `parent`; NULL where that is */
    struct tree entries;
    size_t count;
    size_t names_len; /* bytes of all names */
};

/// A file. Fields change with node.lock and pages_lock held; either of them suffices to look at
/// them, but for `pages`, which mappings fill under pages_lock alone. `size` is also read alone
/// atomically.
struct ram_file {
    struct vfs_node node;
    struct backing backing;
    struct spinlock pages_lock; /* comes after the lock of an address space */
    bool stored_to;             /* a mapping that can be stored to may show a page */
    uint32_t mappings;          /* references of mappings; atomic */
    uint64_t size;
    const uint8_t *borrowed; /* bytes of pages that `pages` does not hold, up to borrowed_len */
    uint64_t borrowed_len;   /* <= size */
    struct page_map pages;   /* bytes beyond `size` in a page are zero, unless stored_to */
};

/// Content operations of one type of node.
struct vfs_node_ops {
    void (*destroy)(struct vfs_node *node);
    uint64_t (*size)(struct vfs_node *node);
    uint64_t (*resident_pages)(struct vfs_node *node);
    enum status (*read)(struct vfs_node *node, struct user_out buffer, uint64_t offset,
                        size_t *done);
    enum status (*read_kernel)(struct vfs_node *node, void *buffer, size_t len, uint64_t offset,
                               size_t *done);
    enum status (*write)(struct vfs_node *node, struct user_in buffer, uint64_t offset,
                         uint64_t *end);
    enum status (*resize)(struct vfs_node *node, uint64_t size, bool cut_only);
    enum status (*allocate)(struct vfs_node *node, uint64_t offset, uint64_t len);
    enum status (*find_data)(struct vfs_node *node, bool hole, uint64_t *offset);
    const void *(*span)(struct vfs_node *node, uint64_t offset, size_t *len);
    struct backing *(*backing)(struct vfs_node *node);
};

/// What mappings of a file show (ram_map.c).
struct backing *ram_file_backing(struct vfs_node *node);

/// The page at `index`, made if it is not there, with its borrowed bytes. pages_lock held.
/// ERR_NOSPC, ERR_NOMEM.
enum status ram_file_page_locked(struct ram_file *file, uint64_t index, paddr_t *out) __must_check;

/// Free what lies behind `size`, up to `end` at most, so that it reads as zero when the file grows
/// again. The size is set first: from then on no mapping brings pages back. Node's lock held, as by
/// the next three.
void ram_file_drop_tail(struct ram_file *file, uint64_t size, uint64_t end);

/// After the file was cut: what lies behind its last page leaves all mappings.
void ram_file_cut_mappings(struct ram_file *file);

/// Before the file grows: stores through mappings behind the end are not part of the file.
void ram_file_forget_stores(struct ram_file *file);

/// Let the file end at `size`, above the size now.
void ram_file_grow(struct ram_file *file, uint64_t size);

/// Operations of ram_space.c.
enum status ram_file_allocate(struct vfs_node *node, uint64_t offset, uint64_t len) __must_check;
enum status ram_file_find_data(struct vfs_node *node, bool hole, uint64_t *offset) __must_check;

extern const struct vfs_node_ops ram_dir_ops;
extern const struct vfs_node_ops ram_file_ops;
extern const struct vfs_node_ops log_view_ops;
extern const struct vfs_node_ops device_node_ops;
extern const struct vfs_node_ops link_node_ops;
extern const struct vfs_node_ops special_node_ops;

/// COCO_TYPE_* of a special node.
uint8_t special_type(const struct vfs_node *node);

/// The number of the device that it is; 0 for none.
uint32_t special_device(struct vfs_node *node);

/// Limits in bytes of file data and of everything else. Called once.
void ram_budget_init(uint64_t data_limit, uint64_t meta_limit);

/// What is taken of the limits, and the limits, in bytes.
void ram_budget_read(struct fs_usage *out);

/// Account for memory that is about to be used. ERR_NOSPC, or `false`: that would pass the limit;
/// ERR_NOMEM: the machine cannot promise it (mm/commit.h).
enum status ram_budget_take_data(uint64_t len) __must_check;
bool __must_check ram_budget_take_meta(uint64_t len);

/// Give it back.
void ram_budget_return_data(uint64_t len);
void ram_budget_return_meta(uint64_t len);

/// New nodes with one reference. ERR_NOMEM.
enum status ram_dir_create(uint32_t permissions, struct ram_dir **out) __must_check;
enum status ram_file_create(uint32_t permissions, struct ram_file **out) __must_check;
enum status log_view_create(struct vfs_node **out) __must_check;

/// Devices; the numbers are what coco_stat shows.
enum device_number {
    DEVICE_NULL = 1, /* empty; takes everything */
    DEVICE_ZERO,     /* zeros without end; takes everything */
    DEVICE_FULL,     /* zeros without end; has no room */
    DEVICE_RANDOM,   /* random bytes without end; takes everything */
};
enum status device_node_create(enum device_number number, struct vfs_node **out) __must_check;
uint32_t device_node_number(struct vfs_node *node);

/// Directory contents; the caller holds the tree lock.
struct ram_entry *ram_dir_find(const struct ram_dir *dir, const char *name, size_t len);

/// Add a name for `node`, which gains a link but no reference: the caller's goes to the entry. The
/// name is not there yet. ERR_NOMEM leaves the reference with the caller.
enum status ram_dir_add(struct ram_dir *dir, const char *name, size_t len,
                        struct vfs_node *node) __must_check;

/// Remove an entry and free it; the reference to its node, which loses the link, is the caller's
/// now.
struct vfs_node *ram_dir_remove(struct ram_dir *dir, struct ram_entry *entry);

/// Let an entry name another node: the caller's reference to `node` goes to the entry, that to the
/// returned old node to the caller.
struct vfs_node *ram_dir_replace(struct ram_dir *dir, struct ram_entry *entry,
                                 struct vfs_node *node);

static inline struct ram_dir *ram_dir_of(struct vfs_node *node)
{
    return container_of(node, struct ram_dir, node);
}

static inline struct ram_file *ram_file_of_backing(struct backing *backing)
{
    return container_of(backing, struct ram_file, backing);
}

static inline struct ram_file *ram_file_of(struct vfs_node *node)
{
    return container_of(node, struct ram_file, node);
}

/// The tree lock, see fs/vfs.h.
extern struct mutex fs_tree_lock;
