// SPDX-License-Identifier: MIT
#include "path.h"

struct component {
    const char *name;
    size_t len; /* 0 at the end of the path */
};

/// The component at `*path`, which moves behind it and the slashes that follow.
static struct component next_component(const char **path)
{
    struct component found = {.name = *path};

    while (*found.name == '/') {
        found.name++;
    }
    while (found.name[found.len] != '\0' && found.name[found.len] != '/') {
        found.len++;
    }
    *path = found.name + found.len;
    return found;
}

static bool is_dot(const struct component *component)
{
    return component->len == 1 && component->name[0] == '.';
}

static bool is_dot_dot(const struct component *component)
{
    return component->len == 2 && component->name[0] == '.' && component->name[1] == '.';
}

static bool only_slashes(const char *rest)
{
    while (*rest == '/') {
        rest++;
    }
    return *rest == '\0';
}

/// One step down (or, by policy, up) from `*dir`.
static enum status step(struct ram_dir **dir, const struct ram_dir *root,
                        const struct component *component, enum vfs_policy policy)
{
    if (policy == VFS_POSIX && is_dot(component)) {
        return OK;
    }
    if (policy == VFS_POSIX && is_dot_dot(component)) {
        if (*dir != root && (*dir)->parent != NULL) {
            *dir = (*dir)->parent;
        }
        return OK;
    }
    const struct ram_entry *entry = ram_dir_find(*dir, component->name, component->len);
    if (entry == NULL) {
        return ERR_NOTFOUND;
    }
    if (!vfs_is_dir(entry->node)) {
        return policy == VFS_POSIX ? ERR_NOTDIR : ERR_NOTFOUND;
    }
    *dir = ram_dir_of(entry->node);
    return OK;
}

bool path_is_inside(const struct ram_dir *dir, const struct ram_dir *top)
{
    for (; dir != NULL; dir = dir->parent) {
        if (dir == top) {
            return true;
        }
    }
    return false;
}

/// Where the walk begins. A directory from elsewhere does not open what lies outside of the root.
static enum status find_start(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                              struct ram_dir **out)
{
    if (!vfs_is_dir(origin.root)) {
        return ERR_NOTDIR;
    }
    if (policy == VFS_POSIX && path[0] == '\0') {
        return ERR_NOTFOUND;
    }
    *out = ram_dir_of(origin.root);
    if (origin.dir == NULL || path[0] == '/') {
        return OK;
    }
    if (!vfs_is_dir(origin.dir)) {
        return ERR_NOTDIR;
    }
    *out = ram_dir_of(origin.dir);
    if (!path_is_alive(*out)) {
        return ERR_NOTFOUND;
    }
    return path_is_inside(*out, ram_dir_of(origin.root)) ? OK : ERR_PERM;
}

enum status path_walk(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                      struct path_place *place)
{
    struct ram_dir *start;
    enum status status = find_start(origin, path, policy, &start);

    *place = (struct path_place){0};
    if (status != OK) {
        return status;
    }
    place->dir = start;
    for (;;) {
        struct component component = next_component(&path);
        if (component.len == 0) {
            return OK;
        }
        if (policy == VFS_POSIX && component.len > COCO_NAME_MAX) {
            return ERR_NAMETOOLONG;
        }
        bool last = only_slashes(path);
        bool dots = policy == VFS_POSIX && (is_dot(&component) || is_dot_dot(&component));
        if (last && !dots) {
            place->name = component.name;
            place->name_len = component.len;
            place->dir_needed = policy == VFS_POSIX && *path == '/';
            return OK;
        }
        place->dotted = dots;
        status = step(&place->dir, ram_dir_of(origin.root), &component, policy);
        if (status != OK) {
            return status;
        }
    }
}

struct ram_entry *path_entry(const struct path_place *place)
{
    if (place->name_len == 0) {
        return NULL;
    }
    return ram_dir_find(place->dir, place->name, place->name_len);
}
