// SPDX-License-Identifier: MIT
// Directories in memory: names in a balanced tree, sorted by bytes. The caller holds the tree lock.
#include <base/check.h>
#include <base/string.h>
#include <mm/heap.h>

#include "ram.h"

struct name_key {
    const char *name;
    size_t len;
};

static int compare_names(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, MIN(a_len, b_len));

    if (order != 0) {
        return order;
    }
    return a_len < b_len ? -1 : a_len > b_len;
}

static struct ram_entry *entry_of(const struct tree_node *node)
{
    return tree_entry(node, struct ram_entry, link);
}

static int compare_entries(const struct tree_node *a, const struct tree_node *b)
{
    return compare_names(entry_of(a)->name, entry_of(a)->name_len, entry_of(b)->name,
                         entry_of(b)->name_len);
}

static int compare_key(const void *key, const struct tree_node *node)
{
    const struct name_key *wanted = key;

    return compare_names(wanted->name, wanted->len, entry_of(node)->name, entry_of(node)->name_len);
}

static const struct tree_ops entry_order = {.compare = compare_entries};

enum status ram_dir_create(uint32_t permissions, struct ram_dir **out)
{
    struct ram_dir *dir;

    *out = NULL;
    if (!ram_budget_take_meta(sizeof(*dir))) {
        return ERR_NOMEM;
    }
    enum status status = kzalloc_object(&dir);
    if (status != OK) {
        ram_budget_return_meta(sizeof(*dir));
        return status;
    }
    vfs_node_init(&dir->node, VFS_NODE_RAM_DIR, permissions);
    dir->node.links = 1; // its own "."; the name adds the other
    tree_init(&dir->entries);
    *out = dir;
    return OK;
}

static void ram_dir_destroy(struct vfs_node *node)
{
    struct ram_dir *dir = ram_dir_of(node);

    // A directory loses its last name only when it is empty, and nothing is added afterwards.
    CHECK(dir->count == 0, "a directory with entries lost its last reference");
    kfree(dir);
    ram_budget_return_meta(sizeof(*dir));
}

const struct vfs_node_ops ram_dir_ops = {
    .destroy = ram_dir_destroy,
};

struct ram_entry *ram_dir_find(const struct ram_dir *dir, const char *name, size_t len)
{
    const struct name_key key = {name, len};
    struct tree_node *found = tree_find(&dir->entries, &key, compare_key);

    return found == NULL ? NULL : entry_of(found);
}

/// Account for `entry` of `dir` naming its node, or not any more. A directory that is renamed has
/// two names for a moment; the newer one is its own.
static void link_node(struct ram_dir *dir, const struct ram_entry *entry)
{
    entry->node->links++;
    if (vfs_is_dir(entry->node)) {
        ram_dir_of(entry->node)->parent = dir;
        ram_dir_of(entry->node)->name = entry;
        dir->node.links++;
    }
}

static void unlink_node(struct ram_dir *dir, const struct ram_entry *entry)
{
    entry->node->links--;
    if (!vfs_is_dir(entry->node)) {
        return;
    }
    dir->node.links--;
    if (ram_dir_of(entry->node)->name == entry) {
        ram_dir_of(entry->node)->parent = NULL;
        ram_dir_of(entry->node)->name = NULL;
    }
}

static void touch(struct ram_dir *dir, struct vfs_node *node)
{
    int64_t now = vfs_now();

    dir->node.modified = now;
    dir->node.changed = now;
    node->changed = now;
}

static size_t entry_size(size_t name_len)
{
    return sizeof(struct ram_entry) + name_len + 1;
}

enum status ram_dir_add(struct ram_dir *dir, const char *name, size_t len, struct vfs_node *node)
{
    void *memory;

    if (!ram_budget_take_meta(entry_size(len))) {
        return ERR_NOMEM;
    }
    enum status status = kmalloc(entry_size(len), &memory);
    if (status != OK) {
        ram_budget_return_meta(entry_size(len));
        return status;
    }
    struct ram_entry *entry = memory;
    entry->node = node;
    entry->name_len = len;
    memcpy(entry->name, name, len);
    entry->name[len] = '\0';
    tree_insert(&dir->entries, &entry->link, &entry_order);
    dir->count++;
    dir->names_len += len;
    link_node(dir, entry);
    touch(dir, node);
    return OK;
}

struct vfs_node *ram_dir_remove(struct ram_dir *dir, struct ram_entry *entry)
{
    struct vfs_node *node = entry->node;

    tree_remove(&dir->entries, &entry->link, &entry_order);
    dir->count--;
    dir->names_len -= entry->name_len;
    unlink_node(dir, entry);
    touch(dir, node);
    ram_budget_return_meta(entry_size(entry->name_len));
    kfree(entry);
    return node;
}

struct vfs_node *ram_dir_replace(struct ram_dir *dir, struct ram_entry *entry,
                                 struct vfs_node *node)
{
    struct vfs_node *old = entry->node;

    unlink_node(dir, entry);
    entry->node = node;
    link_node(dir, entry);
    touch(dir, node);
    return old;
}
