// SPDX-License-Identifier: MIT
// Names in class FILE: POSIX meaning and POSIX errors.
#include <fs/fs.h>
#include <fs/namespace.h>

#include "new_handle.h"
#include "prototypes.h"
#include "user_path.h"

#define HANDLE_RIGHTS (COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER)

static uint32_t rights_of_flags(uint32_t flags)
{
    uint32_t rights = HANDLE_RIGHTS;

    if ((flags & COCO_FILE_READ) != 0) {
        rights |= COCO_RIGHT_READ | COCO_RIGHT_EXEC | COCO_RIGHT_MAP;
    }
    if ((flags & COCO_FILE_WRITE) != 0) {
        rights |= COCO_RIGHT_WRITE;
    }
    return rights;
}

static bool flags_are_valid(uint32_t flags)
{
    bool access = (flags & (COCO_FILE_READ | COCO_FILE_WRITE)) != 0;
    bool cut_without_write = (flags & COCO_FILE_TRUNCATE) != 0 && (flags & COCO_FILE_WRITE) == 0;
    bool make_directory = (flags & COCO_FILE_CREATE) != 0 && (flags & COCO_FILE_DIRECTORY) != 0;

    return access && !cut_without_write && !make_directory;
}

static enum status open_directory(struct vfs_node *node, uint32_t flags, struct object **out)
{
    if ((flags & (COCO_FILE_WRITE | COCO_FILE_CREATE)) != 0) {
        return ERR_ISDIR;
    }
    return dir_create(node, DIR_SKIP_MISSING, out);
}

static enum status open_file(struct vfs_node *node, uint32_t flags, struct object **out)
{
    if ((flags & COCO_FILE_DIRECTORY) != 0) {
        return ERR_NOTDIR;
    }
    if ((flags & COCO_FILE_WRITE) != 0 && !vfs_is_writable(node)) {
        return ERR_RDONLY;
    }
    enum status status = file_create(node, (flags & COCO_FILE_APPEND) != 0 ? FILE_APPEND : 0, out);
    if (status == OK && (flags & COCO_FILE_TRUNCATE) != 0) {
        status = vfs_resize(node, 0);
        if (status != OK) {
            object_put(*out);
        }
    }
    return status;
}

static unsigned create_options(uint32_t flags)
{
    if ((flags & COCO_FILE_CREATE) == 0) {
        return 0;
    }
    return VFS_OPEN_CREATE | ((flags & COCO_FILE_EXCLUSIVE) != 0 ? VFS_OPEN_EXCLUSIVE : 0);
}

/// Open the node that a path named. Result of the call.
static int64_t open_node(struct vfs_node *node, uint32_t flags)
{
    bool is_dir = vfs_is_dir(node);
    struct object *object;
    enum status status =
        is_dir ? open_directory(node, flags, &object) : open_file(node, flags, &object);

    if (status != OK) {
        return status;
    }
    return new_handle_install(object,
                              is_dir ? COCO_RIGHT_READ | HANDLE_RIGHTS : rights_of_flags(flags));
}

int64_t sys_file_open(uaddr_t path, uint32_t flags, uint32_t permissions)
{
    struct user_path text;
    struct vfs_node *node;

    if (!flags_are_valid(flags)) {
        return ERR_INVAL;
    }
    enum status status = user_path_copy(&text, path, VFS_POSIX);
    if (status != OK) {
        return status;
    }
    if (new_handle_table_full()) {
        status = ERR_MFILE;
    } else {
        const struct vfs_open_request request = {
            .path = text.text,
            .policy = VFS_POSIX,
            .options = create_options(flags),
            .permissions = permissions,
        };
        status = vfs_open_node(caller_root(), &request, &node);
    }
    user_path_free(&text);
    if (status != OK) {
        return status;
    }
    int64_t result = open_node(node, flags);
    vfs_node_put(node);
    return result;
}

int64_t sys_file_stat_path(uaddr_t path, uaddr_t stat)
{
    struct user_path text;
    struct vfs_node *node;
    struct coco_stat found;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = vfs_lookup(caller_root(), text.text, VFS_POSIX, &node);
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
        status = vfs_rename(caller_root(), from_text.text, to_text.text);
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
    status = vfs_unlink(caller_root(), text.text, VFS_POSIX, (flags & COCO_UNLINK_DIRECTORY) != 0);
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
    status = vfs_mkdir(caller_root(), text.text, VFS_POSIX, permissions);
    user_path_free(&text);
    return status;
}
