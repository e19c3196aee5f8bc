// SPDX-License-Identifier: MIT
// Private: walking a path down to the directory that holds its last name.
#pragma once

#include <fs/namespace.h>

#include "ram.h"

/// Where a path leads. `name_len` 0: to `dir` itself (no components, or "." or ".." at the end).
struct path_place {
    struct ram_dir *dir;
    const char *name; /* inside of the path */
    size_t name_len;
    bool dir_needed; /* VFS_POSIX: a slash stands behind the name */
    bool dotted;     /* VFS_POSIX: the last component was "." or ".." */
};

/// Walk all of `path` but its last name. The caller holds the tree lock as long as it uses the
/// result. ERR_NOTFOUND, ERR_NOTDIR, ERR_NAMETOOLONG by policy; ERR_NOTDIR: `root` is no directory.
enum status path_walk(struct vfs_node *root, const char *path, enum vfs_policy policy,
                      struct path_place *place) __must_check;

/// The entry that `place` names, or NULL if there is none or it names the directory itself.
struct ram_entry *path_entry(const struct path_place *place);
