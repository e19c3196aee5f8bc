// SPDX-License-Identifier: MIT
// Special nodes, and paths that start at a directory.
#include "support.h"

#include <fs/special.h>
#include <mm/fault_inject.h>
#include <mm/heap.h>

static struct vfs_origin root(void)
{
    return vfs_origin_root(fs_root());
}

static enum status add(const char *path)
{
    struct vfs_node *node = support_special();
    enum status status = vfs_add_node(root(), path, node);

    vfs_node_put(node);
    return status;
}

UNIT_TEST(special_nodes_have_names)
{
    struct special_opened opened;
    struct vfs_node *node;
    struct coco_stat stat;

    support_start();
    UNIT_OK(add("special"));
    UNIT_EQUAL(add("special"), ERR_EXIST);
    UNIT_EQUAL(add("/"), ERR_EXIST);
    UNIT_EQUAL(add("other/"), ERR_NOTFOUND);
    UNIT_EQUAL(add("none/x"), ERR_NOTFOUND);
    UNIT_EQUAL(add("special/x"), ERR_NOTDIR);
    UNIT_EQUAL(support_special_count(), 1);
    UNIT_OK(vfs_lookup(root(), "special", VFS_POSIX, &node));
    UNIT_CHECK(vfs_is_special(node) && !vfs_is_dir(node) && !vfs_is_special(fs_root()));
    UNIT_CHECK(special_state(node, SPECIAL_FIFO) != NULL);
    UNIT_CHECK(special_state(fs_root(), SPECIAL_FIFO) == NULL);
    vfs_stat(node, &stat);
    UNIT_EQUAL(stat.type, COCO_TYPE_PIPE);
    UNIT_EQUAL(stat.size, 77);
    UNIT_EQUAL(stat.permissions, 0640);
    UNIT_EQUAL(stat.links, 1);
    UNIT_EQUAL(special_open(node, SPECIAL_READ, &opened), ERR_AGAIN);
    UNIT_EQUAL(special_open(node, SPECIAL_WRITE | SPECIAL_NONBLOCK, &opened), ERR_NXIO);
    UNIT_OK(vfs_unlink(root(), "special", VFS_POSIX, false));
    UNIT_EQUAL(support_special_count(), 1); // kept by its last user
    vfs_node_put(node);
    UNIT_EQUAL(support_special_count(), 0);
}

/// Without memory the state stays the caller's.
UNIT_TEST(special_nodes_without_memory)
{
    struct vfs_node *node;
    int state;

    support_start();
    fault_inject_arm(0);
    enum status status = special_create(SPECIAL_FIFO, &state, 0, &node);
    UNIT_CHECK(fault_inject_disarm());
    UNIT_EQUAL(status, ERR_NOMEM);
    UNIT_CHECK(node == NULL);
}

static struct vfs_node *open_dir(struct vfs_origin origin, const char *path)
{
    struct vfs_node *dir;

    UNIT_OK(vfs_lookup(origin, path, VFS_POSIX, &dir));
    return dir;
}

static enum status look(struct vfs_node *top, struct vfs_node *dir, const char *path)
{
    struct vfs_node *node;
    enum status status =
        vfs_lookup((struct vfs_origin){.root = top, .dir = dir}, path, VFS_POSIX, &node);

    vfs_node_put(node);
    return status;
}

/// A directory is where it is, not where it was; and no path leads out of the root.
UNIT_TEST(paths_start_at_a_directory)
{
    struct vfs_node *inner;
    struct vfs_node *jail;

    support_start();
    UNIT_OK(vfs_mkdir(root(), "at", VFS_POSIX, 0755));
    UNIT_OK(vfs_mkdir(root(), "at/jail", VFS_POSIX, 0755));
    UNIT_OK(vfs_mkdir(root(), "at/jail/inner", VFS_POSIX, 0755));
    UNIT_OK(vfs_mkdir(root(), "at/jail/inner/x", VFS_POSIX, 0755));
    jail = open_dir(root(), "at/jail");
    inner = open_dir(root(), "at/jail/inner");
    UNIT_OK(look(fs_root(), inner, "x"));
    UNIT_OK(look(fs_root(), inner, "./x/../../inner"));
    UNIT_OK(look(fs_root(), inner, "/at"));
    UNIT_OK(look(fs_root(), inner, "../../../../at"));
    UNIT_EQUAL(look(fs_root(), inner, ""), ERR_NOTFOUND);
    UNIT_EQUAL(look(jail, inner, "/at"), ERR_NOTFOUND);
    UNIT_EQUAL(look(jail, inner, "../../../at"), ERR_NOTFOUND);
    UNIT_OK(look(jail, inner, "../../../inner"));
    UNIT_OK(look(jail, jail, "inner/x"));
    UNIT_EQUAL(look(inner, jail, "inner"), ERR_PERM);
    UNIT_EQUAL(look(inner, fs_root(), "."), ERR_PERM);
    UNIT_OK(look(inner, fs_root(), "/x"));
    UNIT_OK(vfs_rename(root(), "at/jail/inner", root(), "at/moved"));
    UNIT_OK(look(fs_root(), inner, "x"));
    UNIT_OK(look(fs_root(), inner, "../moved"));
    UNIT_EQUAL(look(jail, inner, "x"), ERR_PERM); // it has left the root
    UNIT_OK(vfs_unlink((struct vfs_origin){.root = fs_root(), .dir = inner}, "x", VFS_POSIX, true));
    UNIT_OK(vfs_unlink(root(), "at/moved", VFS_POSIX, true));
    UNIT_EQUAL(look(fs_root(), inner, "."), ERR_NOTFOUND);
    UNIT_EQUAL(look(fs_root(), inner, ".."), ERR_NOTFOUND);
    UNIT_OK(look(fs_root(), inner, "/at"));
    vfs_node_put(inner);
    vfs_node_put(jail);
    UNIT_OK(vfs_unlink(root(), "at/jail", VFS_POSIX, true));
    UNIT_OK(vfs_unlink(root(), "at", VFS_POSIX, true));
}
