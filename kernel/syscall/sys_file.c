// SPDX-License-Identifier: MIT
// Names in class FILE: POSIX meaning and POSIX errors.
#include <fs/fs.h>
#include <fs/namespace.h>

#include "new_handle.h"
#include "opening.h"
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

static int64_t open_directory(struct vfs_node *node, uint32_t flags)
{
    struct object *dir;

    if ((flags & (COCO_FILE_WRITE | COCO_FILE_CREATE)) != 0) {
        return ERR_ISDIR;
    }
    enum status status = dir_create(node, DIR_SKIP_MISSING, &dir);
    if (status != OK) {
        return status;
    }
    return new_handle_install(dir, COCO_RIGHT_READ | HANDLE_RIGHTS);
}

static enum status check_file(const struct vfs_node *node, uint32_t flags)
{
    if ((flags & COCO_FILE_DIRECTORY) != 0) {
        return ERR_NOTDIR;
    }
    if ((flags & COCO_FILE_WRITE) != 0 && !vfs_is_writable(node)) {
        return ERR_RDONLY;
    }
    return OK;
}

static unsigned create_options(uint32_t flags)
{
    if ((flags & COCO_FILE_CREATE) == 0) {
        return 0;
    }
    return VFS_OPEN_CREATE | ((flags & COCO_FILE_EXCLUSIVE) != 0 ? VFS_OPEN_EXCLUSIVE : 0);
}

static unsigned file_flags(uint32_t flags)
{
    return (flags & COCO_FILE_APPEND) != 0 ? FILE_APPEND : 0;
}

/// Lack of handles or memory is the last reason for a refusal: look for any other, changing
/// nothing.
static enum status check_only(struct vfs_open_request request, uint32_t flags, enum status shortage)
{
    struct vfs_node *node;

    request.options |= VFS_OPEN_CHECK;
    enum status status = vfs_open_node(caller_root(), &request, &node);
    if (status == OK && node != NULL) {
        // Calls that make or cut files do not open directories.
        status = vfs_is_dir(node) ? ERR_ISDIR : check_file(node, flags);
        vfs_node_put(node);
    }
    return status == OK ? shortage : status;
}

/// Open the node that a path named; `opening` is used up on success only. Result of the call.
static int64_t open_node(struct opening *opening, struct vfs_node *node, uint32_t flags)
{
    if (vfs_is_dir(node)) {
        return open_directory(node, flags);
    }
    enum status status = check_file(node, flags);
    if (status == OK && (flags & COCO_FILE_TRUNCATE) != 0) {
        status = vfs_resize(node, 0);
    }
    if (status != OK) {
        return status;
    }
    return opening_finish(opening, node, file_flags(flags), 0, rights_of_flags(flags));
}

/// Open `path` of the caller's root. Result of the call.
static int64_t open_path(const char *path, uint32_t flags, uint32_t permissions)
{
    const struct vfs_open_request request = {
        .path = path,
        .policy = VFS_POSIX,
        .options = create_options(flags),
        .permissions = permissions,
    };
    bool changes = (flags & (COCO_FILE_CREATE | COCO_FILE_TRUNCATE)) != 0;
    struct opening opening;
    struct vfs_node *node;
    enum status status = opening_begin(&opening, changes, file_flags(flags));

    if (status != OK) {
        return check_only(request, flags, status);
    }
    int64_t result = vfs_open_node(caller_root(), &request, &node);
    if (result == OK) {
        result = open_node(&opening, node, flags);
        vfs_node_put(node);
    }
    if (result < 0) {
        opening_abort(&opening);
    }
    return result;
}

int64_t sys_file_open(uaddr_t path, uint32_t flags, uint32_t permissions)
{
    struct user_path text;

    if (!flags_are_valid(flags)) {
        return ERR_INVAL;
    }
    enum status status = user_path_copy(&text, path, VFS_POSIX);
    if (status != OK) {
        return status;
    }
    int64_t result = open_path(text.text, flags, permissions);
    user_path_free(&text);
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

int64_t sys_file_set_attributes(struct object *file, uaddr_t attributes)
{
    struct coco_attributes wanted;
    enum status status = user_copy_in(&wanted, attributes, sizeof(wanted));
    struct vfs_node *node = file->type == COCO_OBJECT_DIR ? dir_node(file) : file_node(file);

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
        status = vfs_lookup(caller_root(), text.text, VFS_POSIX, &node);
    }
    user_path_free(&text);
    if (status != OK) {
        return status;
    }
    status = vfs_set_attributes(node, &wanted);
    vfs_node_put(node);
    return status;
}
