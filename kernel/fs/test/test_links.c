// SPDX-License-Identifier: MIT
// Symbolic links, names beyond the first, and the paths of directories.
#include "support.h"

#include <mm/fault_inject.h>
#include <string.h>

static struct vfs_origin root(void)
{
    return vfs_origin_root(fs_root());
}

static enum status make_link(const char *target, const char *path)
{
    struct vfs_node *link;

    UNIT_OK(vfs_link_create(target, strlen(target), &link));
    enum status status = vfs_add_node(root(), path, link);
    vfs_node_put(link);
    return status;
}

static enum status look(const char *path)
{
    struct vfs_node *node;
    enum status status = vfs_lookup(root(), path, VFS_POSIX, &node);

    vfs_node_put(node);
    return status;
}

/// COCO_TYPE_* of what `path` names, a link itself; or an error.
static int type_of(const char *path)
{
    struct vfs_node *node;
    enum status status = vfs_lookup_link(root(), path, &node);
    int type = status == OK ? vfs_type(node) : (int)status;

    vfs_node_put(node);
    return type;
}

static enum status remove_name(const char *path, bool directory)
{
    return vfs_unlink(root(), path, VFS_POSIX, directory);
}

/// l/, l/d/, l/f and a link to each: l/to-d, l/to-f.
static void make_tree(void)
{
    support_start();
    UNIT_OK(vfs_mkdir(root(), "l", VFS_POSIX, 0755));
    UNIT_OK(vfs_mkdir(root(), "l/d", VFS_POSIX, 0755));
    vfs_node_put(support_file("l/f"));
    UNIT_OK(make_link("d", "l/to-d"));
    UNIT_OK(make_link("/l/f", "l/to-f"));
}

static void remove_tree(void)
{
    UNIT_OK(remove_name("l/to-f", false));
    UNIT_OK(remove_name("l/to-d", false));
    UNIT_OK(remove_name("l/f", false));
    UNIT_OK(remove_name("l/d", true));
    UNIT_OK(remove_name("l", true));
}

UNIT_TEST(links_are_followed)
{
    struct vfs_node *node;

    make_tree();
    UNIT_OK(look("l/to-d"));
    UNIT_OK(look("l/to-d/"));
    UNIT_OK(look("l/to-d/../f")); // l/d's parent
    UNIT_OK(look("l/to-f"));
    UNIT_EQUAL(look("l/to-f/"), ERR_NOTDIR);
    UNIT_EQUAL(look("l/to-f/x"), ERR_NOTDIR);
    UNIT_EQUAL(type_of("l/to-d"), COCO_TYPE_LINK);
    UNIT_EQUAL(type_of("l/to-d/"), COCO_TYPE_DIR);
    UNIT_EQUAL(type_of("l/to-d/."), COCO_TYPE_DIR);
    UNIT_EQUAL(type_of("l/to-f"), COCO_TYPE_LINK);
    UNIT_EQUAL(type_of("l/to-f/"), ERR_NOTDIR);
    // Upstream's rules know links as things without content.
    UNIT_OK(vfs_lookup(root(), "l/to-f", VFS_UPSTREAM, &node));
    UNIT_CHECK(vfs_is_link(node) && !vfs_has_content(node));
    vfs_node_put(node);
    UNIT_EQUAL(vfs_lookup(root(), "l/to-d/x", VFS_UPSTREAM, &node), ERR_NOTFOUND);
    remove_tree();
}

UNIT_TEST(links_that_lead_nowhere)
{
    make_tree();
    UNIT_OK(make_link("none", "l/lost"));
    UNIT_OK(make_link("l/none", "l/d/lost")); // from where it stands
    UNIT_OK(make_link("self", "l/self"));
    UNIT_OK(make_link("two/x", "l/one"));
    UNIT_OK(make_link("one/y", "l/two"));
    UNIT_EQUAL(look("l/lost"), ERR_NOTFOUND);
    UNIT_EQUAL(look("l/lost/x"), ERR_NOTFOUND);
    UNIT_EQUAL(look("l/d/lost"), ERR_NOTFOUND);
    UNIT_EQUAL(look("l/self"), ERR_LOOP);
    UNIT_EQUAL(look("l/self/x"), ERR_LOOP);
    UNIT_EQUAL(look("l/one"), ERR_LOOP);
    UNIT_EQUAL(type_of("l/self"), COCO_TYPE_LINK);
    UNIT_OK(remove_name("l/two", false));
    UNIT_OK(remove_name("l/one", false));
    UNIT_OK(remove_name("l/self", false));
    UNIT_OK(remove_name("l/d/lost", false));
    UNIT_OK(remove_name("l/lost", false));
    remove_tree();
}

/// As many links as may be followed, and one more.
UNIT_TEST(links_in_a_chain)
{
    char name[16];
    char target[16] = "f";

    make_tree();
    for (int i = 0; i <= COCO_LINKS_FOLLOWED_MAX; i++) {
        snprintf(name, sizeof(name), "l/c%d", i);
        UNIT_OK(make_link(target, name));
        strcpy(target, name + 2);
    }
    UNIT_OK(look("l/c39"));
    UNIT_EQUAL(look("l/c40"), ERR_LOOP);
    UNIT_OK(look("l/to-d/../to-d/../c37"));
    UNIT_EQUAL(look("l/to-d/../to-d/../c38"), ERR_LOOP);
    for (int i = 0; i <= COCO_LINKS_FOLLOWED_MAX; i++) {
        snprintf(name, sizeof(name), "l/c%d", i);
        UNIT_OK(remove_name(name, false));
    }
    remove_tree();
}

/// Links whose paths have further links inside: rests of paths are taken up again in order.
UNIT_TEST(links_in_links)
{
    make_tree();
    UNIT_OK(vfs_mkdir(root(), "l/d/e", VFS_POSIX, 0755));
    vfs_node_put(support_file("l/d/e/g"));
    UNIT_OK(make_link("to-d//e/", "l/inner"));
    UNIT_OK(make_link("./inner/../../d", "l/outer"));
    UNIT_OK(look("l/outer/e/g"));
    UNIT_OK(look("l/outer/../outer/e/../e/g"));
    UNIT_EQUAL(look("l/outer/g"), ERR_NOTFOUND);
    UNIT_EQUAL(type_of("l/inner"), COCO_TYPE_LINK);
    UNIT_EQUAL(type_of("l/inner//"), COCO_TYPE_DIR);
    UNIT_OK(remove_name("l/outer", false));
    UNIT_OK(remove_name("l/inner", false));
    UNIT_OK(remove_name("l/d/e/g", false));
    UNIT_OK(remove_name("l/d/e", true));
    remove_tree();
}

/// Calls that mean a name do not follow a link in its place.
UNIT_TEST(links_as_names)
{
    make_tree();
    UNIT_EQUAL(vfs_mkdir(root(), "l/to-d", VFS_POSIX, 0), ERR_EXIST);
    UNIT_EQUAL(make_link("x", "l/to-d"), ERR_EXIST);
    UNIT_EQUAL(remove_name("l/to-d", true), ERR_NOTDIR);
    UNIT_EQUAL(remove_name("l/to-d/", true), ERR_NOTDIR);
    UNIT_EQUAL(remove_name("l/to-f/", false), ERR_NOTDIR);
    UNIT_OK(vfs_rename(root(), "l/to-d", root(), "l/moved"));
    UNIT_EQUAL(type_of("l/moved"), COCO_TYPE_LINK);
    UNIT_EQUAL(type_of("l/d"), COCO_TYPE_DIR);
    UNIT_EQUAL(vfs_rename(root(), "l/moved/", root(), "l/x"), ERR_NOTDIR);
    UNIT_EQUAL(vfs_rename(root(), "l/d", root(), "l/moved"), ERR_NOTDIR);
    UNIT_OK(vfs_rename(root(), "l/moved", root(), "l/to-d"));
    remove_tree();
}

static enum status open_path(const char *path, unsigned options)
{
    const struct vfs_open_request request = {
        .path = path, .policy = VFS_POSIX, .options = options, .permissions = 0644};
    struct vfs_node *node;
    enum status status = vfs_open_node(root(), &request, &node);

    vfs_node_put(node);
    return status;
}

UNIT_TEST(links_and_opening)
{
    make_tree();
    UNIT_OK(make_link("d/new", "l/lost"));
    UNIT_OK(open_path("l/to-f", 0));
    UNIT_EQUAL(open_path("l/to-f", VFS_OPEN_NOFOLLOW), ERR_LOOP);
    UNIT_OK(open_path("l/to-d/", VFS_OPEN_NOFOLLOW));
    UNIT_OK(open_path("l/f", VFS_OPEN_NOFOLLOW));
    UNIT_EQUAL(open_path("l/lost", 0), ERR_NOTFOUND);
    UNIT_EQUAL(open_path("l/lost", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE), ERR_EXIST);
    UNIT_EQUAL(open_path("l/lost", VFS_OPEN_CREATE | VFS_OPEN_NOFOLLOW), ERR_LOOP);
    UNIT_OK(open_path("l/lost", VFS_OPEN_CREATE | VFS_OPEN_CHECK));
    UNIT_EQUAL(look("l/d/new"), ERR_NOTFOUND);
    UNIT_OK(open_path("l/lost", VFS_OPEN_CREATE));
    UNIT_OK(look("l/d/new"));
    UNIT_OK(remove_name("l/d/new", false));
    UNIT_OK(remove_name("l/lost", false));
    remove_tree();
}

static enum status hard_link(const char *from, const char *to, bool follow)
{
    return vfs_hard_link(root(), from, root(), to, follow);
}

UNIT_TEST(names_of_one_file)
{
    struct vfs_node *node;

    make_tree();
    UNIT_OK(vfs_lookup(root(), "l/f", VFS_POSIX, &node));
    UNIT_OK(hard_link("l/f", "l/d/g", false));
    UNIT_EQUAL(node->links, 2);
    UNIT_EQUAL(hard_link("l/f", "l/d/g", false), ERR_EXIST);
    UNIT_EQUAL(hard_link("l/none", "l/x", false), ERR_NOTFOUND);
    UNIT_EQUAL(hard_link("l/f/", "l/x", false), ERR_NOTDIR);
    UNIT_EQUAL(hard_link("l/f", "l/x/", false), ERR_NOTFOUND);
    UNIT_EQUAL(hard_link("l/f", "none/x", false), ERR_NOTFOUND);
    UNIT_EQUAL(hard_link("l/d", "l/x", false), ERR_PERM);
    UNIT_EQUAL(hard_link("/", "l/x", false), ERR_PERM);
    UNIT_EQUAL(hard_link("dev/null", "l/x", false), ERR_XDEV);
    UNIT_OK(vfs_rename(root(), "l/f", root(), "l/d/g")); // the same file: both names stay
    UNIT_EQUAL(node->links, 2);
    UNIT_OK(hard_link("l/to-f", "l/link", false));
    UNIT_EQUAL(type_of("l/link"), COCO_TYPE_LINK);
    UNIT_EQUAL(node->links, 2);
    UNIT_OK(hard_link("l/to-f", "l/file", true));
    UNIT_EQUAL(type_of("l/file"), COCO_TYPE_FILE);
    UNIT_EQUAL(node->links, 3);
    node->links += COCO_LINK_MAX - 3;
    UNIT_EQUAL(hard_link("l/f", "l/x", false), ERR_MLINK);
    node->links -= COCO_LINK_MAX - 3;
    UNIT_OK(remove_name("l/file", false));
    UNIT_OK(remove_name("l/link", false));
    UNIT_OK(remove_name("l/d/g", false));
    UNIT_EQUAL(node->links, 1);
    vfs_node_put(node);
    remove_tree();
}

static void expect_path(struct vfs_node *top, const char *path, const char *expected)
{
    char text[64];
    size_t start;
    struct vfs_node *dir;

    UNIT_OK(vfs_lookup(root(), path, VFS_POSIX, &dir));
    UNIT_OK(vfs_path((struct vfs_origin){.root = top, .dir = dir}, text, sizeof(text), &start));
    UNIT_EQUAL(sizeof(text) - start, strlen(expected));
    UNIT_CHECK(memcmp(text + start, expected, strlen(expected)) == 0);
    vfs_node_put(dir);
}

UNIT_TEST(paths_of_directories)
{
    struct vfs_node *dir;
    char text[4];
    size_t start;

    make_tree();
    UNIT_OK(vfs_lookup(root(), "l", VFS_POSIX, &dir));
    expect_path(fs_root(), "/", "/");
    expect_path(fs_root(), "l/to-d", "/l/d");
    expect_path(dir, "l", "/");
    expect_path(dir, "l/d", "/d");
    UNIT_OK(vfs_rename(root(), "l", root(), "moved"));
    expect_path(fs_root(), "moved/d", "/moved/d");
    UNIT_OK(vfs_rename(root(), "moved/d", root(), "e"));
    expect_path(fs_root(), "e", "/e");
    UNIT_OK(vfs_rename(root(), "e", root(), "moved/d"));
    UNIT_OK(vfs_rename(root(), "moved", root(), "l"));
    UNIT_EQUAL(vfs_path((struct vfs_origin){.root = dir, .dir = fs_root()}, text, 4, &start),
               ERR_PERM);
    vfs_node_put(dir);
    UNIT_OK(vfs_lookup(root(), "l/d", VFS_POSIX, &dir));
    UNIT_OK(vfs_path((struct vfs_origin){.root = fs_root(), .dir = dir}, text, 4, &start));
    UNIT_EQUAL(vfs_path((struct vfs_origin){.root = fs_root(), .dir = dir}, text, 3, &start),
               ERR_OVERFLOW);
    UNIT_OK(remove_name("l/d", true));
    UNIT_EQUAL(vfs_path((struct vfs_origin){.root = fs_root(), .dir = dir}, text, 4, &start),
               ERR_NOTFOUND);
    vfs_node_put(dir);
    UNIT_OK(vfs_mkdir(root(), "l/d", VFS_POSIX, 0755));
    remove_tree();
}

UNIT_TEST(links_without_memory)
{
    struct vfs_node *node;

    make_tree();
    fault_inject_arm(0);
    UNIT_EQUAL(vfs_link_create("x", 1, &node), ERR_NOMEM);
    UNIT_CHECK(fault_inject_disarm());
    fault_inject_arm(0);
    UNIT_EQUAL(hard_link("l/f", "l/g", false), ERR_NOMEM);
    UNIT_CHECK(fault_inject_disarm());
    UNIT_OK(hard_link("l/f", "l/g", false));
    UNIT_OK(remove_name("l/g", false));
    remove_tree();
}
