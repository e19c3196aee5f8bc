// SPDX-License-Identifier: MIT
// Finding and making names in the tree. Each function does all its work in one hold of the tree
// lock and gives references back after it, because the last one may free a large file.
#include <fs/namespace.h>

#include <base/check.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/commit.h>
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

static enum status look_up(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                           enum path_follow follow, struct vfs_node **out)
{
    struct path_place place;

    *out = NULL;
    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(origin, path, policy, follow, &place);
    if (status == OK) {
        status = node_at(&place, out);
    }
    if (status == OK) {
        status = path_check_access(&place, *out, origin.need);
    }
    if (status == OK) {
        vfs_node_get(*out);
    } else {
        *out = NULL;
    }
    mutex_unlock(&fs_tree_lock);
    return status;
}

enum status vfs_lookup(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                       struct vfs_node **out)
{
    return look_up(origin, path, policy, PATH_FOLLOW, out);
}

enum status vfs_lookup_link(struct vfs_origin origin, const char *path, struct vfs_node **out)
{
    return look_up(origin, path, VFS_POSIX, PATH_FOLLOW_SLASH, out);
}

/// Give `node` the name at `place`; the tree lock is held. On OK the entry has its own reference.
static enum status add_at(const struct path_place *place, struct vfs_node *node)
{
    enum status status = path_is_alive(place->dir) ? path_check_change(place) : ERR_NOTFOUND;

    if (status != OK) {
        return status;
    }
    vfs_node_get(node);
    status = ram_dir_add(place->dir, place->name, place->name_len, node);
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
    return path_is_alive(place->dir) ? path_check_change(place) : ERR_NOTFOUND;
}

/// Find the node at `place`, or put `fresh` there unless that is NULL.
static enum status open_at(const struct path_place *place, enum view_access need,
                           struct vfs_node *fresh, struct vfs_node **out)
{
    enum status status = node_at(place, out);

    if (status == OK) {
        status = path_check_access(place, *out, need);
        if (status == OK) {
            vfs_node_get(*out);
        } else {
            *out = NULL;
        }
        return status;
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

/// Whether a link at the end is followed: not if a new name has to be free.
static enum path_follow follow_of(const struct vfs_open_request *request)
{
    const unsigned fresh = VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE;

    if ((request->options & fresh) == fresh) {
        return PATH_NO_FOLLOW;
    }
    return (request->options & VFS_OPEN_NOFOLLOW) != 0 ? PATH_FOLLOW_SLASH : PATH_FOLLOW;
}

/// The same as vfs_open_node(), with the tree lock; `*fresh` is to be given back after it.
static enum status open_locked(struct vfs_origin origin, const struct vfs_open_request *request,
                               struct ram_file **fresh, struct vfs_node **out)
{
    struct path_place place;
    enum status status =
        path_walk(origin, request->path, request->policy, follow_of(request), &place);

    if (status == OK && (request->options & VFS_OPEN_CREATE) != 0) {
        if (place.name_len == 0 || path_entry(&place) != NULL) {
            // Nothing to make: no new node is needed to say what is there.
            status = (request->options & VFS_OPEN_EXCLUSIVE) != 0 ? ERR_EXIST : OK;
        } else {
            status = check_addable(&place);
            if (status != OK || (request->options & VFS_OPEN_CHECK) != 0) {
                return status;
            }
            status = ram_file_create(request->permissions, fresh);
        }
    }
    if (status == OK) {
        status = open_at(&place, request->need, *fresh == NULL ? NULL : &(*fresh)->node, out);
    }
    return status;
}

enum status vfs_open_node(struct vfs_origin origin, const struct vfs_open_request *request,
                          struct vfs_node **out)
{
    struct ram_file *fresh = NULL;

    *out = NULL;
    mutex_lock(&fs_tree_lock);
    enum status status = open_locked(origin, request, &fresh, out);
    mutex_unlock(&fs_tree_lock);
    if (fresh != NULL) {
        vfs_node_put(&fresh->node);
    }
    if (status == OK && *out != NULL && vfs_is_link(*out) && request->policy == VFS_POSIX) {
        vfs_node_put(*out);
        *out = NULL;
        return ERR_LOOP;
    }
    return status;
}

/// Give `node` the name that `path` leads to.
static enum status add_node(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                            struct vfs_node *node)
{
    struct path_place place;

    mutex_lock(&fs_tree_lock);
    enum status status = path_walk(origin, path, policy, PATH_NO_FOLLOW, &place);
    if (status == OK && place.name_len == 0) {
        status = policy == VFS_UPSTREAM ? ERR_INVAL : ERR_EXIST;
    } else if (status == OK && path_entry(&place) != NULL) {
        status = ERR_EXIST;
    } else if (status == OK && place.dir_needed && !vfs_is_dir(node)) {
        status = ERR_NOTFOUND;
    } else if (status == OK) {
        status = add_at(&place, node);
    }
    mutex_unlock(&fs_tree_lock);
    return status;
}

enum status vfs_add_node(struct vfs_origin origin, const char *path, struct vfs_node *node)
{
    return add_node(origin, path, VFS_POSIX, node);
}

enum status vfs_mkdir(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                      uint32_t permissions)
{
    struct ram_dir *dir;
    enum status status = ram_dir_create(permissions, &dir);

    if (status == OK) {
        status = add_node(origin, path, policy, &dir->node);
        vfs_node_put(&dir->node);
    }
    return status;
}

enum status vfs_describe_entry(struct vfs_node *dir, const char *name, size_t len, uint8_t *type,
                               uint64_t *size)
{
    enum status status = ERR_NOTFOUND;

    mutex_lock(&fs_tree_lock);
    const struct ram_entry *entry = ram_dir_find(ram_dir_of(dir), name, len);
    if (entry != NULL &&
        view_entry_access(view_current(), ram_dir_of(dir), entry->node) == VIEW_NONE) {
        status = ERR_DENIED;
    } else if (entry != NULL) {
        *type = vfs_type(entry->node);
        *size = vfs_size(entry->node);
        status = OK;
    }
    mutex_unlock(&fs_tree_lock);
    return status;
}

/// Heap memory for a copy of `len` bytes, promised out of the running process's quota.
static enum status make_names(size_t len, struct vfs_names *out)
{
    void *memory = NULL;
    struct quota *quota = aspace_quota(aspace_current());
    enum status status = commit_take(quota, len, 0) ? OK : ERR_NOMEM;

    if (status == OK) {
        status = kmalloc(len, &memory);
        if (status == OK) {
            *out = (struct vfs_names){.bytes = memory, .len = len, .quota = quota};
            return OK;
        }
        commit_return(quota, len);
    }
    quota_put(quota);
    return status;
}

enum status vfs_copy_names(struct vfs_node *node, struct vfs_names *out)
{
    *out = (struct vfs_names){0};
    if (!vfs_is_dir(node)) {
        return ERR_NOTDIR;
    }
    struct ram_dir *dir = ram_dir_of(node);
    mutex_lock(&fs_tree_lock);
    size_t len = dir->names_len + dir->count * sizeof(uint16_t);
    enum status status = len == 0 ? OK : make_names(len, out);
    if (status == OK && len != 0) {
        uint8_t *at = out->bytes;
        for (struct tree_node *link = tree_first(&dir->entries); link != NULL;
             link = tree_next(link)) {
            const struct ram_entry *entry = tree_entry(link, struct ram_entry, link);
            uint16_t name_len = (uint16_t)entry->name_len; // a path has at most 4095 bytes
            memcpy(at, &name_len, sizeof(name_len));
            memcpy(at + sizeof(name_len), entry->name, entry->name_len);
            at += sizeof(name_len) + entry->name_len;
        }
        out->count = dir->count;
    }
    mutex_unlock(&fs_tree_lock);
    return status;
}

void vfs_names_free(struct vfs_names *names)
{
    if (names->bytes != NULL) {
        kfree(names->bytes);
        commit_return(names->quota, names->len);
        quota_put(names->quota);
    }
    *names = (struct vfs_names){0};
}

enum status vfs_check_change_dir(struct vfs_origin origin)
{
    mutex_lock(&fs_tree_lock);
    enum view_access access = view_dir_access(origin.view, ram_dir_of(origin.dir));
    mutex_unlock(&fs_tree_lock);
    return access == VIEW_WRITE ? OK : ERR_ROFS;
}

/// Put `text` in front of what stands in `buffer` from `*at` on. False if there is no room.
static bool put_in_front(char *buffer, size_t *at, const char *text, size_t len)
{
    if (len > *at) {
        return false;
    }
    *at -= len;
    memcpy(buffer + *at, text, len);
    return true;
}

enum status vfs_path(struct vfs_origin origin, char *buffer, size_t size, size_t *start)
{
    const struct ram_dir *top = ram_dir_of(origin.root);
    const struct ram_dir *dir = ram_dir_of(origin.dir);
    enum status status = OK;
    size_t at = size;

    mutex_lock(&fs_tree_lock);
    if (!path_is_alive(dir)) {
        status = ERR_NOTFOUND;
    } else if (!path_is_inside(dir, top) ||
               (dir != top && view_dir_access(origin.view, dir) == VIEW_NONE)) {
        status = ERR_PERM;
    } else if (dir == top) {
        status = put_in_front(buffer, &at, "/", 1) ? OK : ERR_OVERFLOW;
    }
    for (; status == OK && dir != top; dir = dir->parent) {
        if (!put_in_front(buffer, &at, dir->name->name, dir->name->name_len) ||
            !put_in_front(buffer, &at, "/", 1)) {
            status = ERR_OVERFLOW;
        }
    }
    mutex_unlock(&fs_tree_lock);
    *start = at;
    return status;
}
