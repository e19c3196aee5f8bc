// SPDX-License-Identifier: MIT
// Private: a path from user memory, held in the kernel for the time of a call.
#pragma once

#include <fs/namespace.h>

struct object;

#define USER_PATH_SHORT 256u /* paths up to this length, NUL included, need no heap memory */

struct user_path {
    const char *text; /* NUL-terminated */
    size_t len;
    void *memory; /* heap block of a long path, or NULL */
    char small[USER_PATH_SHORT];
};

/// Copy a path in. ERR_INVAL: outside of user space, no NUL within COCO_PATH_MAX bytes, not UTF-8;
/// ERR_NAMETOOLONG instead of ERR_INVAL for a missing NUL if `policy` is VFS_POSIX; ERR_FAULT;
/// ERR_NOMEM. On OK the caller calls user_path_free().
enum status user_path_copy(struct user_path *path, uaddr_t address,
                           enum vfs_policy policy) __must_check;

/// Free what a copied path holds.
void user_path_free(struct user_path *path);

/// The last component, without slashes; "" if there is none. It ends at `*len`, not at a NUL.
const char *user_path_last(const struct user_path *path, size_t *len);

/// True for a path without components.
bool user_path_is_bare(const struct user_path *path);

/// Where paths of the calling process start; `dir` is an open directory or NULL for the root.
struct vfs_origin caller_origin(struct object *dir);

/// The same, where what is looked up is to be used so that the caller's view must give `need`.
struct vfs_origin caller_origin_for(struct object *dir, enum view_access need);

/// Root directory of the calling process.
struct vfs_node *caller_root(void);
