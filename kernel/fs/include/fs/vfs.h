// SPDX-License-Identifier: MIT
// Nodes of the file tree and the operations on their content.
//
// A node is kept by references: one per name, one per open file or directory. Its data operations
// are found by its type tag. No function may be called with a spinlock held; all may sleep.
//
// Lock order: an open file's lock -> tree lock -> (unlock) ; an open file's lock -> a node's lock.
// The tree lock and a node's lock are never held together. Both are sleeping mutexes that the
// page-fault path never takes, so user memory may be touched under a node's lock; under the tree
// lock it is not.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/types.h>
#include <mm/backing.h>
#include <mm/user_copy.h>
#include <object/mutex.h>

/// Bytes of the largest file.
#define VFS_FILE_SIZE_MAX (1ull << 36)

/// As an offset of vfs_write(): at the end of the file.
#define VFS_OFFSET_END UINT64_MAX

enum vfs_node_type {
    VFS_NODE_RAM_DIR,
    VFS_NODE_RAM_FILE,
    VFS_NODE_LOG_VIEW, /* read-only view of the log ring */
    VFS_NODE_DEVICE,   /* made-up content, see device_node.c */
    VFS_NODE_LINK,     /* a symbolic link: a path */
    VFS_NODE_SPECIAL,  /* what it opens belongs to another layer, see fs/special.h */
    VFS_NODE_TYPE_COUNT,
};

/// Common head of all nodes. `links` and the names are guarded by the tree lock, content by `lock`;
/// times and permissions are single words, the last writer wins; type and inode never change.
struct vfs_node {
    uint32_t refs; /* atomic */
    uint8_t type;  /* enum vfs_node_type */
    bool fixed;    /* its name cannot be removed or replaced */
    uint32_t permissions;
    uint32_t links;
    uint64_t inode;
    int64_t modified; /* ns since 1970-01-01 00:00 UTC */
    int64_t changed;
    int64_t accessed;
    struct mutex lock;
    struct record_set *records; /* locks of users; NULL until the first one, see fs/record_lock.h */
};

/// Set up the head of a new node: one reference, a fresh inode number, all times now.
void vfs_node_init(struct vfs_node *node, unsigned type, uint32_t permissions);

/// Take one more reference; the caller has one, or holds the tree lock over a name of the node.
void vfs_node_get(struct vfs_node *node);

/// Give a reference back; the last one frees the node and its content. NULL is passed over. Not
/// under the tree lock.
void vfs_node_put(struct vfs_node *node);

static inline bool vfs_is_dir(const struct vfs_node *node)
{
    return node->type == VFS_NODE_RAM_DIR;
}

static inline bool vfs_is_link(const struct vfs_node *node)
{
    return node->type == VFS_NODE_LINK;
}

/// Whether there is content to be read: not in a directory, a link, a special node.
bool vfs_has_content(const struct vfs_node *node);

/// What a node is for user mode, COCO_TYPE_*.
uint8_t vfs_type(const struct vfs_node *node);

/// Whether content can be written: not to a view, not to a directory.
bool vfs_is_writable(const struct vfs_node *node);

/// Bytes of a file now; 0 for a directory.
uint64_t vfs_size(struct vfs_node *node);

/// Read at `offset`. `*done` gets the bytes read, 0 at or beyond the end. The buffer is only looked
/// at when there are bytes to copy. ERR_INVAL: those bytes would lie outside of user space;
/// ERR_FAULT; ERR_NOMEM; ERR_NOTSUPP: a directory.
enum status vfs_read(struct vfs_node *node, struct user_out buffer, uint64_t offset,
                     size_t *done) __must_check;

/// The same into kernel memory. No ERR_FAULT, no ERR_INVAL.
enum status vfs_read_kernel(struct vfs_node *node, void *buffer, size_t len, uint64_t offset,
                            size_t *done) __must_check;

/// Write all of `buffer` at `offset` or VFS_OFFSET_END; `*end` gets the offset behind the last
/// byte. On an error the size is as before; bytes inside it may have been overwritten. Length 0
/// changes nothing. ERR_FBIG, ERR_NOSPC, ERR_NOMEM, ERR_INVAL and ERR_FAULT as vfs_read();
/// ERR_RDONLY: a view.
enum status vfs_write(struct vfs_node *node, struct user_in buffer, uint64_t offset,
                      uint64_t *end) __must_check;

/// Set the size; added bytes read as zero. ERR_FBIG, ERR_RDONLY, ERR_NOTSUPP.
enum status vfs_resize(struct vfs_node *node, uint64_t size) __must_check;

/// Make room for the bytes from `offset` on, so that writing there does not fail for lack of it;
/// the file ends behind them, unless it is longer. ERR_FBIG, ERR_NOSPC, ERR_NOMEM; ERR_NOTSUPP: it
/// has no room of its own.
enum status vfs_allocate(struct vfs_node *node, uint64_t offset, uint64_t len) __must_check;

/// The first offset at or above `*offset` where data begins, or with `hole` where none is; the end
/// counts as a hole. ERR_NXIO: the file ends before.
enum status vfs_find_data(struct vfs_node *node, bool hole, uint64_t *offset) __must_check;

/// Cut to `size` if that is not above the size now, in one step: ERR_INVAL otherwise. ERR_RDONLY,
/// ERR_NOTSUPP.
enum status vfs_cut(struct vfs_node *node, uint64_t size) __must_check;

/// Bytes at `offset` that lie in one piece in kernel memory for good (the boot archive): a pointer
/// to them, and in `*len` how many, at least 1; NULL if there are none. Later writes to the file do
/// not change them.
const void *vfs_span(struct vfs_node *node, uint64_t offset, size_t *len);

/// What stands behind mappings of a file; no new reference. NULL if it cannot be mapped.
struct backing *vfs_backing(struct vfs_node *node);

/// True for the device of zeros, of which each mapping is new memory.
bool vfs_is_zero_device(struct vfs_node *node);

/// Describe a node.
void vfs_stat(struct vfs_node *node, struct coco_stat *out);

/// Make a symbolic link without a name, with one reference; `target` (1 to COCO_PATH_MAX - 1 bytes)
/// is copied. ERR_NOMEM.
enum status vfs_link_create(const char *target, size_t len, struct vfs_node **out) __must_check;

/// The path in a link, NUL-terminated; valid as long as the node, and never changes.
const char *vfs_link_target(const struct vfs_node *link, size_t *len);

/// Change what `attributes` names. ERR_INVAL: unknown bits. ERR_NOTSUPP: the mode of a link.
enum status vfs_set_attributes(struct vfs_node *node,
                               const struct coco_attributes *attributes) __must_check;

/// Let the node have been read, or its content changed, now.
void vfs_note_read(struct vfs_node *node);
void vfs_note_write(struct vfs_node *node);

/// Time now, ns since 1970-01-01 00:00 UTC.
int64_t vfs_now(void);
