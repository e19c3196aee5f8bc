// SPDX-License-Identifier: MIT
// Upstream's way to start a program: a path, a root, nothing else.
#include <fs/fs.h>
#include <fs/namespace.h>

#include "program_file.h"
#include "prototypes.h"
#include "user_path.h"

/// Upstream's codes for what the loader says.
static enum status upstream_error(enum status status)
{
    switch (status) {
    case ERR_NOEXEC:
    case ERR_ABILEVEL:
        return ERR_INVAL;
    case ERR_NOTDIR:
        return ERR_NOTFOUND;
    case ERR_AGAIN: // too many processes
        return ERR_NOMEM;
    default:
        return status;
    }
}

/// A directory object over `path` of the caller's root, for the child to have as its root.
static enum status open_root(const struct user_path *path, struct object **out)
{
    struct vfs_node *node;
    enum status status = vfs_lookup(caller_origin(NULL), path->text, VFS_UPSTREAM, &node);

    if (status != OK) {
        return status;
    }
    status = dir_create(node, DIR_NO_SNAPSHOT, out);
    vfs_node_put(node);
    return status;
}

static int64_t exec_paths(const struct user_path *file, const struct user_path *root)
{
    struct process_start_args args = {0};
    struct process *process;
    struct vfs_node *node;
    size_t name_len;
    const char *name = user_path_last(file, &name_len);
    // What a policy shuts in starts nothing from outside.
    struct vfs_origin origin = process_current()->policy == NULL
                                   ? vfs_origin_root(fs_root())
                                   : caller_origin_for(NULL, VIEW_READ);
    enum status status = vfs_lookup(origin, file->text, VFS_UPSTREAM, &node);

    if (status != OK) {
        return status;
    }
    status = vfs_is_dir(node) ? ERR_NOTFOUND : open_root(root, &args.root);
    if (status == OK) {
        status = program_file_start(node, name, name_len, &args, &process);
        object_put(args.root);
    }
    vfs_node_put(node);
    if (status != OK) {
        return upstream_error(status);
    }
    int64_t id = (int64_t)process_id(process);
    object_put(&process->object);
    return id;
}

int64_t sys_exec(uaddr_t file, uaddr_t root, uint64_t flags)
{
    struct user_path file_path;
    struct user_path root_path;
    enum status status = user_path_copy(&file_path, file, VFS_UPSTREAM);
    int64_t result;

    (void)flags; // as upstream
    if (status != OK) {
        return status;
    }
    status = user_path_copy(&root_path, root, VFS_UPSTREAM);
    result = status;
    if (status == OK) {
        result = root_path.len == 0 ? ERR_INVAL : exec_paths(&file_path, &root_path);
        user_path_free(&root_path);
    }
    user_path_free(&file_path);
    return result;
}
