// SPDX-License-Identifier: MIT
// Names in the tree. Each function does all its work in one hold of the tree lock and gives
// references back after it, because the last one may free a large file.
#include <fs/namespace.h>

#include <base/check.h>
#include <base/string.h>
#include <mm/heap.h>

#include "path.h"

struct mutex fs_tree_lock;

/// The node at `place`, without a reference. The tree lock is held.
static enum status node_at(const struct path_place *place, struct vfs_node **out)
{
    *out = NULL;
    if (place->name_len == 0) {
        *out = &place->dir->node;
        return OK;
    }
    const struct ram_entry *entry = path_entry(place);
    if (entry == NULL) {
        return ERR_NOTFOUND;
    }
    if (place->dir_needed && !vfs_is_dir(entry->node)) {
        return ERR_NOTDIR;
    }
    *out = entry->node;
    return OK;
}

/// Whether names can be added to `dir`: not when it was removed and is only kept by references.
static bool is_alive(const struct ram_dir *dir)
{
    return dir->node.links >= 2;
}

enum status vfs_lookup(struct vfs_node *root, const char *path, enum vfs_policy policy,
                       struct vfs_node **out)
{
    struct path_place place;

    *out = NULL;
    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(root, path, policy, &place);
    if (status == OK) {
        status = node_at(&place, out);
    }
    if (status == OK) {
        vfs_node_get(*out);
    }
    mutex_unlock(&fs_tree_lock);
    return status;
}

/// Give `node` the name at `place`; the tree lock is held. On OK the entry has its own reference.
static enum status add_at(const struct path_place *place, struct vfs_node *node)
{
    if (!is_alive(place->dir)) {
        return ERR_NOTFOUND;
    }
    vfs_node_get(node);
    enum status status = ram_dir_add(place->dir, place->name, place->name_len, node);
    if (status != OK) {
        // Not the last one, so nothing is freed under the lock.
        vfs_node_put(node);
    }
    return status;
}

/// Whether a file can get the name at `place`, which is free.
static enum status check_addable(const struct path_place *place)
{
    if (place->dir_needed) {
        return ERR_ISDIR;
    }
    return is_alive(place->dir) ? OK : ERR_NOTFOUND;
}

/// Find the node at `place`, or put `fresh` there unless that is NULL.
static enum status open_at(const struct path_place *place, struct vfs_node *fresh,
                           struct vfs_node **out)
{
    enum status status = node_at(place, out);

    if (status == OK) {
        vfs_node_get(*out);
        return OK;
    }
    if (status != ERR_NOTFOUND || fresh == NULL) {
        return status;
    }
    status = check_addable(place);
    if (status == OK) {
        status = add_at(place, fresh);
    }
    if (status == OK) {
        vfs_node_get(fresh);
        *out = fresh;
    }
    return status;
}

enum status vfs_open_node(struct vfs_node *root, const struct vfs_open_request *request,
                          struct vfs_node **out)
{
    struct ram_file *fresh = NULL;
    struct path_place place;

    *out = NULL;
    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(root, request->path, request->policy, &place);
    if (status == OK && (request->options & VFS_OPEN_CREATE) != 0) {
        if (place.name_len == 0 || path_entry(&place) != NULL) {
            // Nothing to make: no new node is needed to say what is there.
            status = (request->options & VFS_OPEN_EXCLUSIVE) != 0 ? ERR_EXIST : OK;
        } else if ((request->options & VFS_OPEN_CHECK) != 0) {
            status = check_addable(&place);
            goto out;
        } else {
            status = ram_file_create(request->permissions, &fresh);
        }
    }
    if (status == OK) {
        status = open_at(&place, fresh == NULL ? NULL : &fresh->node, out);
    }
out:
    mutex_unlock(&fs_tree_lock);
    if (fresh != NULL) {
        vfs_node_put(&fresh->node);
    }
    return status;
}

enum status vfs_mkdir(struct vfs_node *root, const char *path, enum vfs_policy policy,
                      uint32_t permissions)
{
    struct ram_dir *dir;
    struct path_place place;
    enum status status = ram_dir_create(permissions, &dir);

    if (status != OK) {
        return status;
    }
    mutex_lock(&fs_tree_lock);
    status = path_walk(root, path, policy, &place);
    if (status == OK && place.name_len == 0) {
        status = policy == VFS_UPSTREAM ? ERR_INVAL : ERR_EXIST;
    } else if (status == OK && path_entry(&place) != NULL) {
        status = ERR_EXIST;
    } else if (status == OK) {
        status = add_at(&place, &dir->node);
    }
    mutex_unlock(&fs_tree_lock);
    vfs_node_put(&dir->node);
    return status;
}

/// Why a path that names a directory without an entry cannot be removed or renamed.
static enum status refuse_nameless(const struct path_place *place, enum vfs_policy policy)
{
    return policy == VFS_UPSTREAM || place->dotted ? ERR_INVAL : ERR_BUSY;
}

static enum status check_removable(const struct path_place *place, const struct ram_entry *entry,
                                   bool directory)
{
    if (entry == NULL) {
        return ERR_NOTFOUND;
    }
    if (vfs_is_dir(entry->node)) {
        if (!directory) {
            return ERR_ISDIR;
        }
        if (ram_dir_of(entry->node)->count != 0) {
            return ERR_NOTEMPTY;
        }
    } else if (directory || place->dir_needed) {
        return ERR_NOTDIR;
    }
    return entry->node->fixed ? ERR_BUSY : OK;
}

enum status vfs_unlink(struct vfs_node *root, const char *path, enum vfs_policy policy,
                       bool directory)
{
    struct vfs_node *node = NULL;
    struct path_place place;

    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(root, path, policy, &place);
    if (status == OK && place.name_len == 0) {
        status = directory || policy == VFS_UPSTREAM ? refuse_nameless(&place, policy) : ERR_ISDIR;
    } else if (status == OK) {
        struct ram_entry *entry = path_entry(&place);
        status = check_removable(&place, entry, directory);
        if (status == OK) {
            node = ram_dir_remove(place.dir, entry);
        }
    }
    mutex_unlock(&fs_tree_lock);
    vfs_node_put(node);
    return status;
}

/// Whether `dir` is `top` or lies below it.
static bool is_inside(const struct ram_dir *dir, const struct ram_dir *top)
{
    for (; dir != NULL; dir = dir->parent) {
        if (dir == top) {
            return true;
        }
    }
    return false;
}

/// Whether `node` can take the name at `to`, where `target` (may be NULL) is now.
static enum status check_rename(struct vfs_node *node, const struct path_place *to,
                                struct vfs_node *target)
{
    if (vfs_is_dir(node) && is_inside(to->dir, ram_dir_of(node))) {
        return ERR_INVAL;
    }
    if (to->dir_needed && !vfs_is_dir(node)) {
        return ERR_NOTDIR;
    }
    if (target == NULL) {
        return is_alive(to->dir) ? OK : ERR_NOTFOUND;
    }
    if (vfs_is_dir(target) != vfs_is_dir(node)) {
        return vfs_is_dir(target) ? ERR_ISDIR : ERR_NOTDIR;
    }
    if (vfs_is_dir(target) && ram_dir_of(target)->count != 0) {
        return ERR_NOTEMPTY;
    }
    return target->fixed ? ERR_BUSY : OK;
}

/// Move `entry` of `from` to the name at `to`. `gone` gets up to two references to give back.
static enum status move_entry(const struct path_place *from, struct ram_entry *entry,
                              const struct path_place *to, struct vfs_node *gone[2])
{
    struct vfs_node *node = entry->node;
    struct ram_entry *target = path_entry(to);

    if (target != NULL && target->node == node) {
        return OK; // both names are the same entry
    }
    enum status status = check_rename(node, to, target == NULL ? NULL : target->node);
    if (status != OK) {
        return status;
    }
    vfs_node_get(node);
    if (target != NULL) {
        gone[0] = ram_dir_replace(to->dir, target, node);
    } else {
        status = ram_dir_add(to->dir, to->name, to->name_len, node);
        if (status != OK) {
            vfs_node_put(node); // the old name still has one
            return status;
        }
    }
    gone[1] = ram_dir_remove(from->dir, entry);
    if (vfs_is_dir(node)) {
        ram_dir_of(node)->parent = to->dir; // removing the old name cleared it
    }
    return OK;
}

enum status vfs_rename(struct vfs_node *root, const char *from, const char *to)
{
    struct vfs_node *gone[2] = {NULL, NULL};
    struct path_place from_place;
    struct path_place to_place;

    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(root, from, VFS_POSIX, &from_place);
    if (status == OK) {
        status = path_walk(root, to, VFS_POSIX, &to_place);
    }
    if (status == OK && from_place.name_len == 0) {
        status = refuse_nameless(&from_place, VFS_POSIX);
    } else if (status == OK && to_place.name_len == 0) {
        status = refuse_nameless(&to_place, VFS_POSIX);
    } else if (status == OK) {
        struct ram_entry *entry = path_entry(&from_place);
        if (entry == NULL) {
            status = ERR_NOTFOUND;
        } else if (from_place.dir_needed && !vfs_is_dir(entry->node)) {
            status = ERR_NOTDIR;
        } else if (entry->node->fixed) {
            status = ERR_BUSY;
        } else {
            status = move_entry(&from_place, entry, &to_place, gone);
        }
    }
    mutex_unlock(&fs_tree_lock);
    vfs_node_put(gone[0]);
    vfs_node_put(gone[1]);
    return status;
}

enum status vfs_describe_entry(struct vfs_node *dir, const char *name, size_t len, uint8_t *type,
                               uint64_t *size)
{
    enum status status = ERR_NOTFOUND;

    mutex_lock(&fs_tree_lock);
    const struct ram_entry *entry = ram_dir_find(ram_dir_of(dir), name, len);
    if (entry != NULL) {
        *type = vfs_type(entry->node);
        *size = vfs_size(entry->node);
        status = OK;
    }
    mutex_unlock(&fs_tree_lock);
    return status;
}

enum status vfs_copy_names(struct vfs_node *node, struct vfs_names *out)
{
    void *memory = NULL;

    *out = (struct vfs_names){0};
    if (!vfs_is_dir(node)) {
        return ERR_NOTDIR;
    }
    struct ram_dir *dir = ram_dir_of(node);
    mutex_lock(&fs_tree_lock);
    size_t len = dir->names_len + dir->count * sizeof(uint16_t);
    enum status status = len == 0 ? OK : kmalloc(len, &memory);
    if (status == OK && len != 0) {
        uint8_t *at = memory;
        for (struct tree_node *link = tree_first(&dir->entries); link != NULL;
             link = tree_next(link)) {
            const struct ram_entry *entry = tree_entry(link, struct ram_entry, link);
            uint16_t name_len = (uint16_t)entry->name_len; // a path has at most 4095 bytes
            memcpy(at, &name_len, sizeof(name_len));
            memcpy(at + sizeof(name_len), entry->name, entry->name_len);
            at += sizeof(name_len) + entry->name_len;
        }
        *out = (struct vfs_names){.bytes = memory, .len = len, .count = dir->count};
    }
    mutex_unlock(&fs_tree_lock);
    return status;
}
