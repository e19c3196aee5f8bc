// SPDX-License-Identifier: MIT
#include <fs/view.h>

#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>

#include "path.h"

struct view_entry {
    struct vfs_node *node; /* a reference */
    struct vfs_node *dir;  /* a reference: where its name was; the node itself for a directory */
    bool write;
};

struct fs_view {
    uint32_t refs; /* atomic */
    uint32_t room;
    uint32_t count;
    struct fs_view *outer; /* a reference, or NULL */
    struct view_entry entries[];
};

enum status view_create(uint32_t room, struct fs_view **out)
{
    struct fs_view *view;
    void *memory;
    enum status status = kzalloc(sizeof(*view) + room * sizeof(view->entries[0]), &memory);

    *out = NULL;
    if (status == OK) {
        view = memory;
        view->refs = 1;
        view->room = room;
        *out = view;
    }
    return status;
}

void view_put_into(struct fs_view *view, struct fs_view *outer)
{
    view_get(outer);
    view->outer = outer;
}

void view_get(struct fs_view *view)
{
    if (view != NULL) {
        uint32_t before = __atomic_fetch_add(&view->refs, 1, __ATOMIC_RELAXED);

        CHECK(before != 0 && before != UINT32_MAX, "reference to a view that is gone");
    }
}

void view_put(struct fs_view *view)
{
    while (view != NULL && __atomic_sub_fetch(&view->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        struct fs_view *outer = view->outer;

        for (uint32_t i = 0; i < view->count; i++) {
            vfs_node_put(view->entries[i].node);
            vfs_node_put(view->entries[i].dir);
        }
        kfree(view);
        view = outer; /* whose reference this view had */
    }
}

static enum view_access access_of(const struct view_entry *entry)
{
    return entry->write ? VIEW_WRITE : VIEW_READ;
}

static const struct view_entry *entry_of(const struct fs_view *view, const struct vfs_node *node)
{
    for (uint32_t i = 0; i < view->count; i++) {
        if (view->entries[i].node == node) {
            return &view->entries[i];
        }
    }
    return NULL;
}

/// Whether an entry is about something below `dir`, or `dir` itself.
static bool has_entry_inside(const struct fs_view *view, const struct ram_dir *dir)
{
    for (uint32_t i = 0; i < view->count; i++) {
        if (path_is_inside(ram_dir_of(view->entries[i].dir), dir)) {
            return true;
        }
    }
    return false;
}

/// What one view gives a directory: by the entry at or above it that is nearest, otherwise by those
/// below it.
static enum view_access dir_access(const struct fs_view *view, const struct ram_dir *dir)
{
    for (const struct ram_dir *at = dir; at != NULL; at = at->parent) {
        const struct view_entry *entry = entry_of(view, &at->node);

        if (entry != NULL) {
            return access_of(entry);
        }
    }
    return has_entry_inside(view, dir) ? VIEW_PASS : VIEW_NONE;
}

/// The same for what is no directory and has a name in `dir`.
static enum view_access file_access(const struct fs_view *view, const struct ram_dir *dir,
                                    const struct vfs_node *node)
{
    const struct view_entry *entry = entry_of(view, node);

    if (entry != NULL) {
        return access_of(entry);
    }
    if (vfs_type(node) == COCO_TYPE_DEVICE) {
        return VIEW_NONE; // only by its own name
    }
    enum view_access access = dir_access(view, dir);
    return access == VIEW_PASS ? VIEW_NONE : access;
}

enum view_access view_dir_access(const struct fs_view *view, const struct ram_dir *dir)
{
    enum view_access access = VIEW_WRITE;

    for (; view != NULL; view = view->outer) {
        access = MIN(access, dir_access(view, dir));
    }
    return access;
}

enum view_access view_entry_access(const struct fs_view *view, const struct ram_dir *dir,
                                   struct vfs_node *node)
{
    enum view_access access = VIEW_WRITE;

    if (vfs_is_dir(node)) {
        return view_dir_access(view, ram_dir_of(node));
    }
    for (; view != NULL; view = view->outer) {
        access = MIN(access, file_access(view, dir, node));
    }
    return access;
}

bool view_names(const struct fs_view *view, struct vfs_node *node)
{
    for (; view != NULL; view = view->outer) {
        if (vfs_is_dir(node) ? has_entry_inside(view, ram_dir_of(node))
                             : entry_of(view, node) != NULL) {
            return true;
        }
    }
    return false;
}

/// Find what an entry is about, with the tree lock; new references.
static enum status find(struct vfs_origin origin, const char *path, bool write,
                        struct view_entry *out)
{
    struct path_place place;
    enum status status = path_walk(origin, path, VFS_POSIX, PATH_FOLLOW, &place);

    if (status != OK) {
        return status;
    }
    const struct ram_entry *entry = path_entry(&place);
    if (place.name_len != 0 && entry == NULL) {
        return ERR_NOTFOUND;
    }
    struct vfs_node *node = entry == NULL ? &place.dir->node : entry->node;
    if (place.dir_needed && !vfs_is_dir(node)) {
        return ERR_NOTDIR;
    }
    if (write && view_entry_access(origin.view, place.dir, node) < VIEW_WRITE) {
        return ERR_ROFS;
    }
    *out = (struct view_entry){
        .node = node, .dir = vfs_is_dir(node) ? node : &place.dir->node, .write = write};
    vfs_node_get(out->node);
    vfs_node_get(out->dir);
    return OK;
}

enum status view_add(struct fs_view *view, struct vfs_origin origin, const char *path, bool write)
{
    CHECK(view->count < view->room, "a view has no room for an entry");
    mutex_lock(&fs_tree_lock);
    enum status status = find(origin, path, write, &view->entries[view->count]);
    mutex_unlock(&fs_tree_lock);
    view->count += status == OK;
    return status;
}
