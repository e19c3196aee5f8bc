// SPDX-License-Identifier: MIT
// Private: walking a path down to the directory that holds its last name.
#pragma once

#include <fs/namespace.h>

#include "ram.h"

/// Where a path leads. `name_len` 0: to `dir` itself (no components, or "." or ".." at the end).
struct path_place {
    struct ram_dir *dir;
    const struct fs_view *view; /* of the origin */
    const char *path;           /* that was walked */
    const char *name;           /* inside of the path, or of the content of a link */
    size_t name_len;
    bool dir_needed; /* VFS_POSIX: a slash stands behind the name */
    bool dotted;     /* VFS_POSIX: the last component was "." or ".." */
};

/// Whether a link that is the last name of a path is followed.
enum path_follow {
    PATH_NO_FOLLOW,    /* the name itself is meant: to make, remove or rename it */
    PATH_FOLLOW_SLASH, /* only if a slash stands behind it */
    PATH_FOLLOW,
};

/// Symbolic links that one walk follows.
#define PATH_LINKS_MAX COCO_LINKS_FOLLOWED_MAX

/// Walk all of `path` but its last name. With VFS_POSIX links on the way are followed, and at the
/// end as `follow` says: the place then has a name that is no link. ERR_LOOP: too many. The caller
/// holds the tree lock as long as it uses the result. ERR_NOTFOUND, ERR_NOTDIR, ERR_NAMETOOLONG by
/// policy; ERR_NOTDIR: the origin is no directory; ERR_PERM: it does not lie in the root;
/// ERR_NOTFOUND: it was removed.
enum status path_walk(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                      enum path_follow follow, struct path_place *place) __must_check;

/// The entry that `place` names, or NULL if there is none, the view hides it, or it names the
/// directory itself.
struct ram_entry *path_entry(const struct path_place *place);

/// Whether the view lets the name at `place`, which is not the directory itself, be made, removed
/// or given to something else. ERR_ROFS. The tree lock is held.
enum status path_check_change(const struct path_place *place) __must_check;

/// Whether the view gives `need` on `node`, which is at `place`. ERR_ROFS; ERR_NOTFOUND for less
/// than VIEW_WRITE. The tree lock is held.
enum status path_check_access(const struct path_place *place, struct vfs_node *node,
                              enum view_access need) __must_check;

/// What a view (NULL: all) gives a directory, or an entry of one; whether it, or one that it stands
/// in, names the node itself or, below a directory, another. The tree lock is held.
enum view_access view_dir_access(const struct fs_view *view, const struct ram_dir *dir);
enum view_access view_entry_access(const struct fs_view *view, const struct ram_dir *dir,
                                   struct vfs_node *node);
bool view_names(const struct fs_view *view, struct vfs_node *node);

/// Whether `dir` is `top` or lies below it. The tree lock is held.
bool path_is_inside(const struct ram_dir *dir, const struct ram_dir *top);

/// Whether names can be added to `dir`: not when it was removed and is only kept by references.
static inline bool path_is_alive(const struct ram_dir *dir)
{
    return dir->node.links >= 2;
}
