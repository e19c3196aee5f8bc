// SPDX-License-Identifier: MIT
// Names: looking up, making, removing and renaming. Paths are NUL-terminated kernel strings; empty
// components are dropped. They start at the origin's root if they begin with a slash or the origin
// has no other directory, otherwise at that directory, which must lie in the root (ERR_PERM) and
// not be removed (ERR_NOTFOUND): no path leads out of the root.
//
// The policy says whose rules hold:
//   VFS_UPSTREAM  "." and ".." are plain names; a name may have any length; a file inside of a path
//   is
//                 ERR_NOTFOUND; a path without components is ERR_INVAL where a name is needed
//   VFS_POSIX     "." and ".." mean what POSIX says, ".." at the root stays there; a name above
//                 COCO_NAME_MAX is ERR_NAMETOOLONG; a file inside of a path, or one with a slash
//                 behind it, is ERR_NOTDIR; "" is ERR_NOTFOUND
// Symbolic links are followed by VFS_POSIX, at the end of a path where the function does not mean
// the name itself (making, removing, renaming); more than COCO_LINKS_FOLLOWED_MAX are ERR_LOOP. To
// VFS_UPSTREAM they are things that can be removed, no files and no directories.
// A view (fs/view.h) hides names: they are ERR_NOTFOUND; what it does not let change is ERR_ROFS.
// All functions take the tree lock, may sleep, and return new references to nodes.
#pragma once

#include <fs/vfs.h>
#include <fs/view.h>

enum vfs_policy {
    VFS_UPSTREAM,
    VFS_POSIX,
};

/// Where paths start. The caller holds references to both.
struct vfs_origin {
    struct vfs_node *root;
    struct vfs_node *dir;  /* NULL: the root */
    struct fs_view *view;  /* what can be seen; NULL: all */
    enum view_access need; /* of what is looked up; VIEW_NONE: that it can be seen */
};

static inline struct vfs_origin vfs_origin_root(struct vfs_node *root)
{
    return (struct vfs_origin){.root = root};
}

/// Options of vfs_open_node().
#define VFS_OPEN_CREATE 0x1u    /* make a missing file */
#define VFS_OPEN_EXCLUSIVE 0x2u /* with CREATE: ERR_EXIST if the name exists */
#define VFS_OPEN_CHECK 0x4u     /* with CREATE: make nothing; NULL for a file that would be made */

#define VFS_OPEN_NOFOLLOW 0x8u /* ERR_LOOP if the path ends in a symbolic link */

/// What vfs_open_node() is to find or make.
struct vfs_open_request {
    const char *path;
    enum vfs_policy policy;
    unsigned options;      /* VFS_OPEN_* */
    uint32_t permissions;  /* of a new file */
    enum view_access need; /* as in struct vfs_origin, of what is found */
};

/// Find what `path` names; the root itself for a path without components. ERR_NOTFOUND and the
/// errors of the policy.
enum status vfs_lookup(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                       struct vfs_node **out) __must_check;

/// The same by VFS_POSIX, but a symbolic link at the end is found as such, unless a slash stands
/// behind it.
enum status vfs_lookup_link(struct vfs_origin origin, const char *path,
                            struct vfs_node **out) __must_check;

/// Find, or with VFS_OPEN_CREATE make, a file. A directory is found as such. ERR_NOTFOUND,
/// ERR_EXIST, ERR_ISDIR (creation of a name with a slash behind it), ERR_NOMEM, and the errors of
/// the policy.
enum status vfs_open_node(struct vfs_origin origin, const struct vfs_open_request *request,
                          struct vfs_node **out) __must_check;

/// Make an empty directory. ERR_EXIST, ERR_NOTFOUND (parent), ERR_NOMEM, and the errors of the
/// policy.
enum status vfs_mkdir(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                      uint32_t permissions) __must_check;

/// Give `node` (no directory; no name yet) a name. Errors as vfs_mkdir(), and ERR_NOTFOUND for
/// a path with a slash behind it.
enum status vfs_add_node(struct vfs_origin origin, const char *path,
                         struct vfs_node *node) __must_check;

/// Give the node of `from` (a symbolic link itself, unless `follow`) one more name. ERR_NOTFOUND,
/// ERR_EXIST; ERR_PERM: a directory; ERR_XDEV: a fixed node, as in /dev; ERR_MLINK; ERR_NOMEM.
enum status vfs_hard_link(struct vfs_origin from_origin, const char *from,
                          struct vfs_origin to_origin, const char *to, bool follow) __must_check;

/// The path of the directory origin.dir from origin.root, written to the end of `buffer` without a
/// NUL; `*start` gets its offset. ERR_NOTFOUND: removed; ERR_PERM: it lies outside; ERR_OVERFLOW:
/// no room.
enum status vfs_path(struct vfs_origin origin, char *buffer, size_t size,
                     size_t *start) __must_check;

/// Remove a name: of an empty directory if `directory`, otherwise of a file. ERR_NOTFOUND;
/// ERR_ISDIR, ERR_NOTDIR: the other kind; ERR_NOTEMPTY; ERR_BUSY: the root or a fixed name;
/// ERR_INVAL: "." or a path that ends in "..".
enum status vfs_unlink(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                       bool directory) __must_check;

/// Rename as POSIX does; both paths follow VFS_POSIX. ERR_NOTFOUND; ERR_INVAL: a directory into
/// itself,
/// "." or ".."; ERR_ISDIR, ERR_NOTDIR, ERR_NOTEMPTY: what is replaced does not fit; ERR_BUSY;
/// ERR_NAMETOOLONG; ERR_NOMEM.
enum status vfs_rename(struct vfs_origin from_origin, const char *from, struct vfs_origin to_origin,
                       const char *to) __must_check;

/// Describe the entry `name` of `len` bytes in the directory `dir`: type and size. ERR_NOTFOUND;
/// ERR_DENIED: the current process does not see it.
enum status vfs_describe_entry(struct vfs_node *dir, const char *name, size_t len, uint8_t *type,
                               uint64_t *size) __must_check;

/// Whether the view of `origin` lets the attributes of the open directory origin.dir be changed.
/// ERR_ROFS.
enum status vfs_check_change_dir(struct vfs_origin origin) __must_check;

/// Copy of the names in a directory: `count` records of a 16-bit length (native order) and the
/// bytes.
struct vfs_names {
    uint8_t *bytes; /* heap memory; NULL if count is 0 */
    size_t len;
    size_t count;
    struct quota *quota; /* what `len` bytes are promised out of, with a reference */
};

/// Take such a copy, sorted by name, as memory of the running process. The caller frees it with
/// vfs_names_free(). ERR_NOTDIR, ERR_NOMEM.
enum status vfs_copy_names(struct vfs_node *dir, struct vfs_names *out) __must_check;

/// Free a copy, which is empty then. An empty one may be freed again.
void vfs_names_free(struct vfs_names *names);
