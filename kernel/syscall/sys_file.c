// SPDX-License-Identifier: MIT
// Names in class FILE: POSIX meaning and POSIX errors.
#include <fs/fs.h>
#include <fs/namespace.h>
#include <ipc/fifo.h>
#include <ipc/pipe.h>

#include "prototypes.h"
#include "user_path.h"

int64_t sys_file_stat_path(uaddr_t path, uaddr_t stat)
{
    struct user_path text;
    struct vfs_node *node;
    struct coco_stat found;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = vfs_lookup(caller_origin(NULL), text.text, VFS_POSIX, &node);
    user_path_free(&text);
    if (status != OK) {
        return status;
    }
    vfs_stat(node, &found);
    vfs_node_put(node);
    return user_copy_out(stat, &found, sizeof(found));
}

int64_t sys_file_rename(uaddr_t from, uaddr_t to)
{
    struct user_path from_text;
    struct user_path to_text;
    enum status status = user_path_copy(&from_text, from, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = user_path_copy(&to_text, to, VFS_POSIX);
    if (status == OK) {
        status = vfs_rename(caller_origin(NULL), from_text.text, caller_origin(NULL), to_text.text);
        user_path_free(&to_text);
    }
    user_path_free(&from_text);
    return status;
}

int64_t sys_file_unlink(uaddr_t path, uint32_t flags)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status =
        vfs_unlink(caller_origin(NULL), text.text, VFS_POSIX, (flags & COCO_UNLINK_DIRECTORY) != 0);
    user_path_free(&text);
    return status;
}

int64_t sys_file_mkdir(uaddr_t path, uint32_t permissions)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = vfs_mkdir(caller_origin(NULL), text.text, VFS_POSIX, permissions);
    user_path_free(&text);
    return status;
}

int64_t sys_file_fifo_at(struct object *dir, uaddr_t path, uint32_t permissions)
{
    struct user_path text;
    struct vfs_node *node;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = fifo_create(permissions, &node);
    if (status == OK) {
        status = vfs_add_node(caller_origin(dir), text.text, node);
        vfs_node_put(node);
    }
    user_path_free(&text);
    return status;
}

/// The node of an open file, directory or FIFO; no new reference. NULL for a pipe without a name.
static struct vfs_node *node_of(struct object *object)
{
    switch (object->type) {
    case COCO_OBJECT_DIR:
        return dir_node(object);
    case COCO_OBJECT_PIPE:
        return pipe_node(object);
    default:
        return file_node(object);
    }
}

int64_t sys_file_set_attributes(struct object *file, uaddr_t attributes)
{
    struct coco_attributes wanted;
    struct vfs_node *node = node_of(file);
    enum status status =
        node == NULL ? ERR_NOTSUPP : user_copy_in(&wanted, attributes, sizeof(wanted));

    return status == OK ? vfs_set_attributes(node, &wanted) : status;
}

int64_t sys_file_set_attributes_path(uaddr_t path, uaddr_t attributes)
{
    struct user_path text;
    struct coco_attributes wanted;
    struct vfs_node *node;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = user_copy_in(&wanted, attributes, sizeof(wanted));
    if (status == OK) {
        status = vfs_lookup(caller_origin(NULL), text.text, VFS_POSIX, &node);
    }
    user_path_free(&text);
    if (status != OK) {
        return status;
    }
    status = vfs_set_attributes(node, &wanted);
    vfs_node_put(node);
    return status;
}
