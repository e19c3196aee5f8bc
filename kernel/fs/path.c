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

/// A walk in progress. What remains of a path when a link in it is followed is kept until the
/// link's own path is used up; rests that are only slashes are not kept.
struct walk {
    struct ram_dir *root;
    enum vfs_policy policy;
    enum path_follow follow;
    struct path_place *place;
    const char *path; /* what is left of the innermost path */
    const char *rests[PATH_LINKS_MAX];
    unsigned depth;    /* rests in use */
    unsigned followed; /* links so far */
    bool slash_behind; /* behind a link at the end that was followed */
};

/// Go on in the path of a link that stands in place->dir.
static enum status follow_link(struct walk *walk, const struct vfs_node *link)
{
    size_t len;

    if (walk->followed == PATH_LINKS_MAX) {
        return ERR_LOOP;
    }
    walk->followed++;
    if (!only_slashes(walk->path)) {
        walk->rests[walk->depth++] = walk->path;
    } else if (*walk->path == '/') {
        walk->slash_behind = true;
    }
    walk->path = vfs_link_target(link, &len);
    if (walk->path[0] == '/') {
        walk->place->dir = walk->root;
    }
    return OK;
}

/// The entry `name` of the directory where `place` is, unless the view hides it.
static struct ram_entry *find_visible(const struct path_place *place, const char *name, size_t len)
{
    struct ram_entry *entry = ram_dir_find(place->dir, name, len);

    if (likely(place->view == NULL) || entry == NULL ||
        view_entry_access(place->view, place->dir, entry->node) != VIEW_NONE) {
        return entry;
    }
    view_note_refusal(place->path, true);
    return NULL;
}

/// One step down to a directory, or into a link.
static enum status step(struct walk *walk, const struct component *component)
{
    bool posix = walk->policy == VFS_POSIX;
    const struct ram_entry *entry = find_visible(walk->place, component->name, component->len);

    if (entry == NULL) {
        return ERR_NOTFOUND;
    }
    if (vfs_is_dir(entry->node)) {
        walk->place->dir = ram_dir_of(entry->node);
        return OK;
    }
    if (posix && vfs_is_link(entry->node)) {
        return follow_link(walk, entry->node);
    }
    return posix ? ERR_NOTDIR : ERR_NOTFOUND;
}

/// A step to ".", or up.
static void step_dots(struct walk *walk, const struct component *component)
{
    struct ram_dir *dir = walk->place->dir;

    walk->place->dotted = true;
    if (is_dot_dot(component) && dir != walk->root && dir->parent != NULL) {
        walk->place->dir = dir->parent;
    }
}

/// The last name; `*done` if the walk is at its end, and not in the path of a link.
static enum status arrive(struct walk *walk, const struct component *component, bool *done)
{
    struct path_place *place = walk->place;

    place->name = component->name;
    place->name_len = component->len;
    place->dir_needed = walk->policy == VFS_POSIX && (*walk->path == '/' || walk->slash_behind);
    *done = true;
    if (walk->policy != VFS_POSIX || walk->follow == PATH_NO_FOLLOW ||
        (walk->follow == PATH_FOLLOW_SLASH && !place->dir_needed)) {
        return OK;
    }
    const struct ram_entry *entry = path_entry(place);
    if (entry == NULL || !vfs_is_link(entry->node)) {
        return OK;
    }
    *done = false;
    place->name_len = 0;
    return follow_link(walk, entry->node);
}

/// Take the next component of the walk. `*done` when there is none or it was the last.
static enum status advance(struct walk *walk, bool *done)
{
    struct component component = next_component(&walk->path);

    *done = false;
    if (component.len == 0) {
        *done = walk->depth == 0;
        walk->path = *done ? walk->path : walk->rests[--walk->depth];
        return OK;
    }
    if (walk->policy == VFS_POSIX && component.len > COCO_NAME_MAX) {
        return ERR_NAMETOOLONG;
    }
    if (walk->policy == VFS_POSIX && (is_dot(&component) || is_dot_dot(&component))) {
        step_dots(walk, &component);
        return OK;
    }
    walk->place->dotted = false;
    if (walk->depth == 0 && only_slashes(walk->path)) {
        return arrive(walk, &component, done);
    }
    return step(walk, &component);
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
    bool is_root = &(*out)->node == origin.root;
    return path_is_inside(*out, ram_dir_of(origin.root)) &&
                   (is_root || view_dir_access(origin.view, *out) != VIEW_NONE)
               ? OK
               : ERR_PERM;
}

enum status path_walk(struct vfs_origin origin, const char *path, enum vfs_policy policy,
                      enum path_follow follow, struct path_place *place)
{
    __attribute__((uninitialized)) struct walk walk; // `rests` need no clearing
    struct ram_dir *start;
    bool done = false;
    enum status status = find_start(origin, path, policy, &start);

    *place = (struct path_place){0};
    if (status != OK) {
        return status;
    }
    place->dir = start;
    place->view = origin.view;
    place->path = path;
    walk.root = ram_dir_of(origin.root);
    walk.policy = policy;
    walk.follow = follow;
    walk.place = place;
    walk.path = path;
    walk.depth = 0;
    walk.followed = 0;
    walk.slash_behind = false;
    while (status == OK && !done) {
        status = advance(&walk, &done);
    }
    return status;
}

struct ram_entry *path_entry(const struct path_place *place)
{
    if (place->name_len == 0) {
        return NULL;
    }
    return find_visible(place, place->name, place->name_len);
}

enum status path_check_access(const struct path_place *place, struct vfs_node *node,
                              enum view_access need)
{
    if (likely(place->view == NULL) || need == VIEW_NONE ||
        view_entry_access(place->view, place->dir, node) >= need) {
        return OK;
    }
    view_note_refusal(place->path, need < VIEW_WRITE);
    return need == VIEW_WRITE ? ERR_ROFS : ERR_NOTFOUND;
}

enum status path_check_change(const struct path_place *place)
{
    if (likely(place->view == NULL)) {
        return OK;
    }
    const struct ram_entry *entry = ram_dir_find(place->dir, place->name, place->name_len);
    if (view_dir_access(place->view, place->dir) == VIEW_WRITE &&
        (entry == NULL || (view_entry_access(place->view, place->dir, entry->node) == VIEW_WRITE &&
                           !view_names(place->view, entry->node)))) {
        return OK;
    }
    view_note_refusal(place->path, false);
    return ERR_ROFS;
}
