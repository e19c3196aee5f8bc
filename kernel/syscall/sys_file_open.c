// SPDX-License-Identifier: MIT
// Opening in class FILE.
#include <fs/fs.h>
#include <fs/namespace.h>
#include <fs/special.h>

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
    enum status status = dir_create(node, DIR_POSIX, &dir);
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
    if (vfs_is_special(node)) {
        return OK;
    }
    if ((flags & COCO_FILE_WRITE) != 0 && !vfs_is_writable(node)) {
        return ERR_RDONLY;
    }
    return OK;
}

static unsigned open_options(uint32_t flags)
{
    unsigned options = (flags & COCO_FILE_NOFOLLOW) != 0 ? VFS_OPEN_NOFOLLOW : 0;

    if ((flags & COCO_FILE_CREATE) == 0) {
        return options;
    }
    return options | VFS_OPEN_CREATE |
           ((flags & COCO_FILE_EXCLUSIVE) != 0 ? VFS_OPEN_EXCLUSIVE : 0);
}

static unsigned file_flags(uint32_t flags)
{
    return ((flags & COCO_FILE_APPEND) != 0 ? FILE_APPEND : 0) |
           ((flags & COCO_FILE_NONBLOCK) != 0 ? FILE_NONBLOCK : 0);
}

/// Lack of handles or memory is the last reason for a refusal: look for any other, changing
/// nothing.
static enum status check_only(struct vfs_origin origin, struct vfs_open_request request,
                              uint32_t flags, enum status shortage)
{
    struct vfs_node *node;

    request.options |= VFS_OPEN_CHECK;
    enum status status = vfs_open_node(origin, &request, &node);
    if (status == OK && node != NULL) {
        // Calls that make or cut files do not open directories.
        status = vfs_is_dir(node) ? ERR_ISDIR : check_file(node, flags);
        vfs_node_put(node);
    }
    return status == OK ? shortage : status;
}

/// Open a special node. It may wait, with nothing held but references. Result of the call.
static int64_t open_special(struct vfs_node *node, uint32_t flags)
{
    struct special_opened opened;
    unsigned access = ((flags & COCO_FILE_READ) != 0 ? SPECIAL_READ : 0) |
                      ((flags & COCO_FILE_WRITE) != 0 ? SPECIAL_WRITE : 0) |
                      ((flags & COCO_FILE_NONBLOCK) != 0 ? SPECIAL_NONBLOCK : 0) |
                      ((flags & COCO_FILE_NO_CONTROL) != 0 ? SPECIAL_NO_CONTROL : 0);
    enum status status = special_open(node, access, &opened);

    return status == OK ? new_handle_install(opened.object, opened.rights) : status;
}

/// Open the node that a path named; `opening` is used up on success only. Result of the call.
static int64_t open_node(struct opening *opening, struct vfs_node *node, uint32_t flags)
{
    if (vfs_is_dir(node)) {
        return open_directory(node, flags);
    }
    enum status status = check_file(node, flags);
    if (status == OK && vfs_is_special(node)) {
        opening_abort(opening);
        return open_special(node, flags);
    }
    if (status == OK && (flags & COCO_FILE_TRUNCATE) != 0) {
        status = vfs_resize(node, 0);
    }
    if (status != OK) {
        return status;
    }
    return opening_finish(opening, node, file_flags(flags), 0, rights_of_flags(flags));
}

/// Result of the call.
static int64_t open_path(struct vfs_origin origin, const char *path, uint32_t flags,
                         uint32_t permissions)
{
    const struct vfs_open_request request = {
        .path = path,
        .policy = VFS_POSIX,
        .options = open_options(flags),
        .permissions = permissions,
        .need = (flags & COCO_FILE_WRITE) != 0 ? VIEW_WRITE : VIEW_PASS,
    };
    bool changes = (flags & (COCO_FILE_CREATE | COCO_FILE_TRUNCATE)) != 0;
    struct opening opening;
    struct vfs_node *node;
    enum status status = opening_begin(&opening, changes, file_flags(flags));

    if (status != OK) {
        return check_only(origin, request, flags, status);
    }
    int64_t result = vfs_open_node(origin, &request, &node);
    if (result == OK) {
        result = open_node(&opening, node, flags);
        vfs_node_put(node);
    }
    if (result < 0) {
        opening_abort(&opening);
    }
    return result;
}

static int64_t open_user_path(struct vfs_origin origin, uaddr_t path, uint32_t flags,
                              uint32_t permissions)
{
    struct user_path text;

    if (!flags_are_valid(flags)) {
        return ERR_INVAL;
    }
    enum status status = user_path_copy(&text, path, VFS_POSIX);
    if (status != OK) {
        return status;
    }
    int64_t result = open_path(origin, text.text, flags, permissions);
    user_path_free(&text);
    return result;
}

int64_t sys_file_open(uaddr_t path, uint32_t flags, uint32_t permissions)
{
    return open_user_path(caller_origin(NULL), path, flags, permissions);
}

int64_t sys_file_open_at(struct object *dir, uaddr_t path, uint32_t flags, uint32_t permissions)
{
    return open_user_path(caller_origin(dir), path, flags, permissions);
}
