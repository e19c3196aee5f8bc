// SPDX-License-Identifier: MIT
// Removing and renaming names, and names beyond the first. As in namespace.c, each function does
// all its work in one hold of the tree lock and gives references back after it.
#include <base/check.h>
#include <fs/namespace.h>

#include "path.h"

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

enum status vfs_unlink(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                       bool directory)
{
    struct vfs_node *node = NULL;
    struct path_place place;

    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(origin, path, policy, PATH_NO_FOLLOW, &place);
    if (status == OK && place.name_len == 0) {
        status = directory || policy == VFS_UPSTREAM ? refuse_nameless(&place, policy) : ERR_ISDIR;
    } else if (status == OK) {
        struct ram_entry *entry = path_entry(&place);
        status = check_removable(&place, entry, directory);
        if (status == OK) {
            status = path_check_change(&place);
        }
        if (status == OK) {
            node = ram_dir_remove(place.dir, entry);
        }
    }
    mutex_unlock(&fs_tree_lock);
    vfs_node_put(node);
    return status;
}

/// Whether `node` can take the name at `to`, where `target` (may be NULL) is now.
static enum status check_rename(struct vfs_node *node, const struct path_place *to,
                                struct vfs_node *target)
{
    if (vfs_is_dir(node) && path_is_inside(to->dir, ram_dir_of(node))) {
        return ERR_INVAL;
    }
    if (to->dir_needed && !vfs_is_dir(node)) {
        return ERR_NOTDIR;
    }
    if (target == NULL) {
        return path_is_alive(to->dir) ? OK : ERR_NOTFOUND;
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
    return OK;
}

enum status vfs_rename(struct vfs_origin from_origin, const char *from, struct vfs_origin to_origin,
                       const char *to)
{
    struct vfs_node *gone[2] = {NULL, NULL};
    struct path_place from_place;
    struct path_place to_place;

    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(from_origin, from, VFS_POSIX, PATH_NO_FOLLOW, &from_place);
    if (status == OK) {
        status = path_walk(to_origin, to, VFS_POSIX, PATH_NO_FOLLOW, &to_place);
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
            status = path_check_change(&from_place);
            if (status == OK) {
                status = path_check_change(&to_place);
            }
            if (status == OK) {
                status = move_entry(&from_place, entry, &to_place, gone);
            }
        }
    }
    mutex_unlock(&fs_tree_lock);
    vfs_node_put(gone[0]);
    vfs_node_put(gone[1]);
    return status;
}

/// Whether the node at `place` can have another name; it has, on OK, a new reference in `out`.
static enum status find_linkable(const struct path_place *place, struct vfs_node **out)
{
    if (place->name_len == 0) {
        return ERR_PERM;
    }
    const struct ram_entry *entry = path_entry(place);
    if (entry == NULL) {
        return ERR_NOTFOUND;
    }
    if (vfs_is_dir(entry->node)) {
        return ERR_PERM;
    }
    if (place->dir_needed) {
        return ERR_NOTDIR;
    }
    if (entry->node->fixed) {
        return ERR_XDEV;
    }
    if (entry->node->links >= COCO_LINK_MAX) {
        return ERR_MLINK;
    }
    vfs_node_get(entry->node);
    *out = entry->node;
    return OK;
}

/// Whether a name that is no directory's can be made at `place`.
static enum status check_free(const struct path_place *place)
{
    if (place->name_len == 0 || path_entry(place) != NULL) {
        return ERR_EXIST;
    }
    return place->dir_needed || !path_is_alive(place->dir) ? ERR_NOTFOUND : OK;
}

enum status vfs_hard_link(struct vfs_origin from_origin, const char *from,
                          struct vfs_origin to_origin, const char *to, bool follow)
{
    struct vfs_node *node = NULL;
    struct path_place from_place;
    struct path_place to_place;

    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(from_origin, from, VFS_POSIX,
                                   follow ? PATH_FOLLOW : PATH_FOLLOW_SLASH, &from_place);
    if (status == OK) {
        status = path_walk(to_origin, to, VFS_POSIX, PATH_NO_FOLLOW, &to_place);
    }
    if (status == OK) {
        status = find_linkable(&from_place, &node);
    }
    if (status == OK) {
        status = check_free(&to_place);
    }
    if (status == OK) {
        // What can only be read here could be changed by a name elsewhere.
        status = path_check_access(&from_place, node, VIEW_WRITE);
    }
    if (status == OK) {
        status = path_check_change(&to_place);
    }
    if (status == OK) {
        status = ram_dir_add(to_place.dir, to_place.name, to_place.name_len, node);
        node = status == OK ? NULL : node; // the new name has the reference
    }
    mutex_unlock(&fs_tree_lock);
    vfs_node_put(node);
    return status;
}
