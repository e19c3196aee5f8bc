// SPDX-License-Identifier: MIT
// Names and what they name in class FILE: POSIX meaning and POSIX errors. Each call that takes a
// directory to start at has an older one that starts at the root.
#include <fs/fs.h>
#include <fs/namespace.h>
#include <ipc/fifo.h>
#include <ipc/pipe.h>
#include <mm/heap.h>
#include <tty/terminal.h>

#include "prototypes.h"
#include "user_path.h"

/// Find what a path names; a symbolic link itself with COCO_FILE_AT_NOFOLLOW.
static enum status find(struct vfs_origin origin, uaddr_t path, uint32_t flags,
                        struct vfs_node **out)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = (flags & COCO_FILE_AT_NOFOLLOW) != 0 ? vfs_lookup_link(origin, text.text, out)
                                                  : vfs_lookup(origin, text.text, VFS_POSIX, out);
    user_path_free(&text);
    return status;
}

int64_t sys_file_stat_at(struct object *dir, uaddr_t path, uint32_t flags, uaddr_t stat)
{
    struct vfs_node *node;
    struct coco_stat found;
    enum status status = find(caller_origin(dir), path, flags, &node);

    if (status != OK) {
        return status;
    }
    vfs_stat(node, &found);
    vfs_node_put(node);
    return user_copy_out(stat, &found, sizeof(found));
}

int64_t sys_file_stat_path(uaddr_t path, uaddr_t stat)
{
    return sys_file_stat_at(NULL, path, 0, stat);
}

/// Two paths from user memory.
struct path_pair {
    struct user_path from;
    struct user_path to;
};

static enum status copy_pair(struct path_pair *pair, uaddr_t from, uaddr_t to)
{
    enum status status = user_path_copy(&pair->from, from, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = user_path_copy(&pair->to, to, VFS_POSIX);
    if (status != OK) {
        user_path_free(&pair->from);
    }
    return status;
}

static void free_pair(struct path_pair *pair)
{
    user_path_free(&pair->to);
    user_path_free(&pair->from);
}

int64_t sys_file_rename_at(struct object *from_dir, uaddr_t from, struct object *to_dir, uaddr_t to)
{
    struct path_pair pair;
    enum status status = copy_pair(&pair, from, to);

    if (status == OK) {
        status = vfs_rename(caller_origin(from_dir), pair.from.text, caller_origin(to_dir),
                            pair.to.text);
        free_pair(&pair);
    }
    return status;
}

int64_t sys_file_rename(uaddr_t from, uaddr_t to)
{
    return sys_file_rename_at(NULL, from, NULL, to);
}

int64_t sys_file_link_at(struct object *from_dir, uaddr_t from, struct object *to_dir, uaddr_t to,
                         uint32_t flags)
{
    struct path_pair pair;
    enum status status = copy_pair(&pair, from, to);

    if (status == OK) {
        status = vfs_hard_link(caller_origin(from_dir), pair.from.text, caller_origin(to_dir),
                               pair.to.text, (flags & COCO_FILE_LINK_FOLLOW) != 0);
        free_pair(&pair);
    }
    return status;
}

int64_t sys_file_symlink_at(uaddr_t target, struct object *dir, uaddr_t path)
{
    struct path_pair pair;
    struct vfs_node *node;
    enum status status = copy_pair(&pair, target, path);

    if (status != OK) {
        return status;
    }
    status =
        pair.from.len == 0 ? ERR_NOTFOUND : vfs_link_create(pair.from.text, pair.from.len, &node);
    if (status == OK) {
        status = vfs_add_node(caller_origin(dir), pair.to.text, node);
        vfs_node_put(node);
    }
    free_pair(&pair);
    return status;
}

int64_t sys_file_readlink_at(struct object *dir, uaddr_t path, struct user_out buffer)
{
    struct vfs_node *node;
    enum status status = find(caller_origin(dir), path, COCO_FILE_AT_NOFOLLOW, &node);
    size_t len = 0;

    if (status != OK) {
        return status;
    }
    if (vfs_is_link(node)) {
        const char *target = vfs_link_target(node, &len);
        len = (size_t)MIN((uint64_t)len, buffer.len);
        status = user_copy_out(buffer.addr, target, len);
        vfs_note_read(node);
    } else {
        status = ERR_INVAL;
    }
    vfs_node_put(node);
    return status == OK ? (int64_t)len : status;
}

int64_t sys_file_path(struct object *dir, struct user_out buffer)
{
    void *text;
    size_t start = 0;
    enum status status = kmalloc(COCO_PATH_MAX, &text);

    if (status != OK) {
        return status;
    }
    status = vfs_path(caller_origin(dir), text, COCO_PATH_MAX, &start);
    if (status == OK && COCO_PATH_MAX - start > buffer.len) {
        status = ERR_OVERFLOW;
    }
    if (status == OK) {
        status = user_copy_out(buffer.addr, (const char *)text + start, COCO_PATH_MAX - start);
    }
    kfree(text);
    return status == OK ? (int64_t)(COCO_PATH_MAX - start) : status;
}

int64_t sys_file_unlink_at(struct object *dir, uaddr_t path, uint32_t flags)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status =
        vfs_unlink(caller_origin(dir), text.text, VFS_POSIX, (flags & COCO_UNLINK_DIRECTORY) != 0);
    user_path_free(&text);
    return status;
}

int64_t sys_file_unlink(uaddr_t path, uint32_t flags)
{
    return sys_file_unlink_at(NULL, path, flags);
}

int64_t sys_file_mkdir_at(struct object *dir, uaddr_t path, uint32_t permissions)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = vfs_mkdir(caller_origin(dir), text.text, VFS_POSIX, permissions);
    user_path_free(&text);
    return status;
}

int64_t sys_file_mkdir(uaddr_t path, uint32_t permissions)
{
    return sys_file_mkdir_at(NULL, path, permissions);
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

/// The node of an open file, directory, FIFO or terminal; no new reference. NULL for one that has
/// no name.
static struct vfs_node *node_of(struct object *object)
{
    switch (object->type) {
    case COCO_OBJECT_DIR:
        return dir_node(object);
    case COCO_OBJECT_PIPE:
        return pipe_node(object);
    case COCO_OBJECT_TTY:
        return terminal_node(object);
    default:
        return file_node(object);
    }
}

/// Whether the view of the caller, if it has one, lets it change attributes through a handle. Where
/// a file is cannot be found from its node, so there the handle has to tell.
static enum status check_change(const struct held_object *file)
{
    if (likely(view_current() == NULL) || (file->rights & COCO_RIGHT_WRITE) != 0) {
        return OK;
    }
    return file->object->type == COCO_OBJECT_DIR ? vfs_check_change_dir(caller_origin(file->object))
                                                 : ERR_ROFS;
}

int64_t sys_file_set_attributes(struct held_object file, uaddr_t attributes)
{
    struct coco_attributes wanted;
    struct vfs_node *node = node_of(file.object);
    enum status status =
        node == NULL ? ERR_NOTSUPP : user_copy_in(&wanted, attributes, sizeof(wanted));

    if (status == OK) {
        status = check_change(&file);
    }

    return status == OK ? vfs_set_attributes(node, &wanted) : status;
}

int64_t sys_file_set_attributes_at(struct object *dir, uaddr_t path, uaddr_t attributes,
                                   uint32_t flags)
{
    struct coco_attributes wanted;
    struct vfs_node *node;
    enum status status = user_copy_in(&wanted, attributes, sizeof(wanted));

    if (status == OK) {
        status = find(caller_origin_for(dir, VIEW_WRITE), path, flags, &node);
    }
    if (status != OK) {
        return status;
    }
    status = vfs_set_attributes(node, &wanted);
    vfs_node_put(node);
    return status;
}

int64_t sys_file_set_attributes_path(uaddr_t path, uaddr_t attributes)
{
    return sys_file_set_attributes_at(NULL, path, attributes, 0);
}

int64_t sys_file_system(uaddr_t out)
{
    struct fs_usage usage;
    uint64_t file_cost;

    fs_read_usage(&usage, &file_cost);
    // Others may take and give back meanwhile: what is used is never above the limit for long.
    uint64_t data = MIN(usage.data, usage.data_limit);
    uint64_t names = MIN(usage.names, usage.names_limit);
    const struct coco_file_system found = {
        .block_size = PAGE_SIZE,
        .name_max = COCO_NAME_MAX,
        .blocks = usage.data_limit / PAGE_SIZE,
        .blocks_free = (usage.data_limit - data) / PAGE_SIZE,
        .files = usage.names_limit / file_cost,
        .files_free = (usage.names_limit - names) / file_cost,
    };
    return user_copy_out(out, &found, sizeof(found));
}

int64_t sys_file_dir_seek(struct object *dir, uint64_t position)
{
    return dir_seek(dir, position);
}
