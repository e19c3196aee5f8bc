// SPDX-License-Identifier: MIT
// Names in class 1: upstream's calls with their rules and their few error codes.
#include <fs/fs.h>
#include <fs/namespace.h>

#include "new_handle.h"
#include "opening.h"
#include "prototypes.h"
#include "user_path.h"

#define NEW_FILE_PERMISSIONS 0644u
#define NEW_DIR_PERMISSIONS 0755u

#define HANDLE_RIGHTS (COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER)
#define READ_RIGHTS (COCO_RIGHT_READ | COCO_RIGHT_EXEC | COCO_RIGHT_MAP)

/// Upstream has one code for what these tell apart.
static enum status upstream_error(enum status status)
{
    switch (status) {
    case ERR_ISDIR:
    case ERR_NOTDIR:
    case ERR_NOTEMPTY:
    case ERR_BUSY:
        return ERR_UNKNOWN;
    default:
        return status;
    }
}

static uint32_t rights_of_mode(uint32_t mode)
{
    uint32_t rights = HANDLE_RIGHTS;

    if ((mode & COCO_OPEN_READ) != 0) {
        rights |= READ_RIGHTS;
    }
    if ((mode & COCO_OPEN_WRITE) != 0) {
        rights |= COCO_RIGHT_WRITE;
    }
    return rights;
}

/// Find what exists and check that `mode` suits it; `*out` gets a reference to its node.
static enum status find_existing(const char *path, uint32_t mode, struct vfs_node **out)
{
    bool changes = (mode & (COCO_OPEN_WRITE | COCO_OPEN_TRUNC)) != 0;
    struct vfs_origin origin = caller_origin_for(NULL, changes ? VIEW_WRITE : VIEW_READ);
    enum status status = vfs_lookup(origin, path, VFS_UPSTREAM, out);

    if (status != OK) {
        return status;
    }
    if (!vfs_has_content(*out)) {
        status = ERR_NOTFOUND;
    } else if ((mode & COCO_OPEN_WRITE) != 0) {
        status = vfs_is_writable(*out) ? OK : ERR_RDONLY;
    } else if ((mode & COCO_OPEN_TRUNC) != 0) {
        status = ERR_RDONLY;
    }
    if (status != OK) {
        vfs_node_put(*out);
        *out = NULL;
    }
    return status;
}

/// Lack of handles or memory is the last reason for a refusal: look for any other, changing
/// nothing.
static enum status check_only(struct vfs_open_request request, uint32_t mode, bool create,
                              enum status shortage)
{
    struct vfs_node *node;
    enum status status = find_existing(request.path, mode, &node);

    if (status != OK && create) {
        request.options |= VFS_OPEN_CHECK;
        status = vfs_open_node(caller_origin(NULL), &request, &node);
    }
    vfs_node_put(node);
    return status == OK ? shortage : status;
}

static int64_t open_path(const char *path, uint32_t mode, bool create)
{
    const struct vfs_open_request request = {
        .path = path,
        .policy = VFS_UPSTREAM,
        .options = VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE,
        .permissions = NEW_FILE_PERMISSIONS,
        .need = VIEW_WRITE,
    };
    uint32_t rights = rights_of_mode(mode);
    struct opening opening;
    struct vfs_node *node;
    enum status status = opening_begin(&opening, create || (mode & COCO_OPEN_TRUNC) != 0, 0);

    if (status != OK) {
        return check_only(request, mode, create, status);
    }
    status = find_existing(path, mode, &node);
    if (status == OK && (mode & COCO_OPEN_TRUNC) != 0) {
        status = vfs_cut(node, 0); // cannot fail: the node can be written
    } else if (status != OK && create) {
        rights = HANDLE_RIGHTS | READ_RIGHTS | COCO_RIGHT_WRITE;
        status = vfs_open_node(caller_origin(NULL), &request, &node);
    }
    if (status != OK) {
        vfs_node_put(node);
        opening_abort(&opening);
        return status;
    }
    uint64_t position = (mode & COCO_OPEN_APPEND) != 0 ? vfs_size(node) : 0;
    int64_t result = opening_finish(&opening, node, 0, position, rights);
    vfs_node_put(node);
    return result;
}

/// Upstream reports a full handle table as INVAL.
static int64_t upstream_handle(int64_t result)
{
    return result == ERR_MFILE ? ERR_INVAL : result;
}

int64_t sys_open(uaddr_t path, uint32_t mode, uint32_t flags)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_UPSTREAM);
    int64_t result;

    if (status != OK) {
        return status;
    }
    if (user_path_is_bare(&text)) {
        result = ERR_INVAL;
    } else {
        result = open_path(text.text, mode, (flags & COCO_OPEN_CREATE) != 0);
    }
    user_path_free(&text);
    return upstream_handle(result);
}

int64_t sys_opendir(uaddr_t path)
{
    struct user_path text;
    struct vfs_node *node = NULL;
    struct object *dir;
    enum status status = user_path_copy(&text, path, VFS_UPSTREAM);

    if (status != OK) {
        return status;
    }
    status =
        text.len == 0 ? ERR_INVAL : vfs_lookup(caller_origin(NULL), text.text, VFS_UPSTREAM, &node);
    user_path_free(&text);
    if (status == OK) {
        status = dir_create(node, 0, &dir);
        vfs_node_put(node);
    }
    if (status != OK) {
        return status == ERR_NOTDIR ? ERR_NOTFOUND : status;
    }
    return upstream_handle(new_handle_install(dir, COCO_RIGHT_READ | HANDLE_RIGHTS));
}

static int64_t unlink_path(uaddr_t path, bool directory)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_UPSTREAM);

    if (status != OK) {
        return status;
    }
    status = vfs_unlink(caller_origin(NULL), text.text, VFS_UPSTREAM, directory);
    user_path_free(&text);
    return upstream_error(status);
}

int64_t sys_unlink(uaddr_t path)
{
    return unlink_path(path, false);
}

int64_t sys_rmdir(uaddr_t path)
{
    return unlink_path(path, true);
}

int64_t sys_mkdir(uaddr_t path)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_UPSTREAM);

    if (status != OK) {
        return status;
    }
    status = vfs_mkdir(caller_origin(NULL), text.text, VFS_UPSTREAM, NEW_DIR_PERMISSIONS);
    user_path_free(&text);
    return status;
}
