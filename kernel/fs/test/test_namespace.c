// SPDX-License-Identifier: MIT
// Names: upstream's rules, POSIX rules, and what holds for both.
#include "support.h"

#include <mm/fault_inject.h>
#include <string.h>

static enum status lookup(const char *path, enum vfs_policy policy)
{
    struct vfs_node *node;
    enum status status = vfs_lookup(vfs_origin_root(fs_root()), path, policy, &node);

    vfs_node_put(node);
    return status;
}

static void make_file(const char *path)
{
    vfs_node_put(support_file(path));
}

static enum status make_dir(const char *path)
{
    return vfs_mkdir(vfs_origin_root(fs_root()), path, VFS_POSIX, 0755);
}

static enum status unlink_file(const char *path)
{
    return vfs_unlink(vfs_origin_root(fs_root()), path, VFS_POSIX, false);
}

static enum status remove_dir(const char *path)
{
    return vfs_unlink(vfs_origin_root(fs_root()), path, VFS_POSIX, true);
}

static enum status rename_path(const char *from, const char *to)
{
    return vfs_rename(vfs_origin_root(fs_root()), from, vfs_origin_root(fs_root()), to);
}

static uint64_t inode_of(const char *path)
{
    struct vfs_node *node;

    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), path, VFS_POSIX, &node));
    uint64_t inode = node->inode;
    vfs_node_put(node);
    return inode;
}

static uint32_t links_of(const char *path)
{
    struct vfs_node *node;
    struct coco_stat stat;

    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), path, VFS_POSIX, &node));
    vfs_stat(node, &stat);
    vfs_node_put(node);
    return stat.links;
}

UNIT_TEST(upstream_paths_drop_empty_components)
{
    support_start();
    UNIT_OK(make_dir("u1"));
    make_file("u1/f");
    UNIT_OK(lookup("/u1/f", VFS_UPSTREAM));
    UNIT_OK(lookup("u1/f", VFS_UPSTREAM));
    UNIT_OK(lookup("//u1///f//", VFS_UPSTREAM));
    UNIT_OK(lookup("/", VFS_UPSTREAM));
    UNIT_OK(unlink_file("u1/f"));
    UNIT_OK(remove_dir("u1"));
}

UNIT_TEST(upstream_paths_have_no_dots)
{
    support_start();
    UNIT_OK(make_dir("u2"));
    UNIT_EQUAL(lookup("u2/.", VFS_UPSTREAM), ERR_NOTFOUND);
    UNIT_EQUAL(lookup("u2/..", VFS_UPSTREAM), ERR_NOTFOUND);
    UNIT_OK(vfs_mkdir(vfs_origin_root(fs_root()), "u2/..", VFS_UPSTREAM, 0755)); // a plain name
    UNIT_OK(lookup("u2/..", VFS_UPSTREAM));
    UNIT_EQUAL(remove_dir("u2"), ERR_NOTEMPTY);
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "u2/..", VFS_UPSTREAM, true));
    UNIT_OK(remove_dir("u2"));
}

UNIT_TEST(upstream_file_inside_of_a_path_is_not_found)
{
    support_start();
    make_file("u3");
    UNIT_EQUAL(lookup("u3/x", VFS_UPSTREAM), ERR_NOTFOUND);
    UNIT_EQUAL(vfs_mkdir(vfs_origin_root(fs_root()), "u3/x", VFS_UPSTREAM, 0), ERR_NOTFOUND);
    UNIT_EQUAL(vfs_mkdir(vfs_origin_root(fs_root()), "none/x", VFS_UPSTREAM, 0), ERR_NOTFOUND);
    UNIT_EQUAL(vfs_mkdir(vfs_origin_root(fs_root()), "u3", VFS_UPSTREAM, 0), ERR_EXIST);
    UNIT_EQUAL(vfs_mkdir(vfs_origin_root(fs_root()), "/", VFS_UPSTREAM, 0), ERR_INVAL);
    UNIT_EQUAL(vfs_unlink(vfs_origin_root(fs_root()), "/", VFS_UPSTREAM, true), ERR_INVAL);
    UNIT_EQUAL(vfs_unlink(vfs_origin_root(fs_root()), "", VFS_UPSTREAM, false), ERR_INVAL);
    UNIT_OK(unlink_file("u3"));
}

UNIT_TEST(posix_dots_and_errors)
{
    char long_name[COCO_NAME_MAX + 2];

    support_start();
    UNIT_OK(make_dir("p1"));
    make_file("p1/f");
    UNIT_EQUAL(inode_of("p1/./f"), inode_of("/p1/../p1/f"));
    UNIT_EQUAL(inode_of("/../../p1"), inode_of("p1"));
    UNIT_EQUAL(inode_of("p1/."), inode_of("p1"));
    UNIT_EQUAL(inode_of("p1/.."), inode_of("/"));
    UNIT_EQUAL(lookup("", VFS_POSIX), ERR_NOTFOUND);
    UNIT_EQUAL(lookup("p1/f/", VFS_POSIX), ERR_NOTDIR);
    UNIT_EQUAL(lookup("p1/f/x", VFS_POSIX), ERR_NOTDIR);
    UNIT_EQUAL(lookup("p1/f/..", VFS_POSIX), ERR_NOTDIR);
    UNIT_EQUAL(lookup("none/..", VFS_POSIX), ERR_NOTFOUND);
    memset(long_name, 'n', sizeof(long_name));
    long_name[COCO_NAME_MAX + 1] = '\0';
    UNIT_EQUAL(lookup(long_name, VFS_POSIX), ERR_NAMETOOLONG);
    long_name[COCO_NAME_MAX] = '\0';
    UNIT_EQUAL(lookup(long_name, VFS_POSIX), ERR_NOTFOUND);
    UNIT_OK(unlink_file("p1/f"));
    UNIT_OK(remove_dir("p1"));
}

UNIT_TEST(dots_stay_inside_of_the_root)
{
    struct vfs_node *jail;
    struct vfs_node *node;

    support_start();
    UNIT_OK(make_dir("jail"));
    make_file("outside");
    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), "jail", VFS_POSIX, &jail));
    UNIT_EQUAL(vfs_lookup(vfs_origin_root(jail), "../outside", VFS_POSIX, &node), ERR_NOTFOUND);
    UNIT_EQUAL(vfs_lookup(vfs_origin_root(jail), "/../outside", VFS_POSIX, &node), ERR_NOTFOUND);
    UNIT_OK(vfs_lookup(vfs_origin_root(jail), "..", VFS_POSIX, &node));
    UNIT_CHECK(node == jail);
    vfs_node_put(node);
    vfs_node_put(jail);
    UNIT_OK(remove_dir("jail"));
    UNIT_OK(unlink_file("outside"));
}

static enum status create(const char *path, unsigned options)
{
    const struct vfs_open_request request = {
        .path = path,
        .policy = VFS_POSIX,
        .options = options,
        .permissions = 0600,
    };
    struct vfs_node *node;
    enum status status = vfs_open_node(vfs_origin_root(fs_root()), &request, &node);

    vfs_node_put(node);
    return status;
}

UNIT_TEST(creation_is_exclusive_on_demand)
{
    support_start();
    UNIT_EQUAL(create("c1", 0), ERR_NOTFOUND);
    UNIT_OK(create("c1", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE));
    uint64_t inode = inode_of("c1");
    UNIT_OK(create("c1", VFS_OPEN_CREATE));
    UNIT_EQUAL(inode_of("c1"), inode);
    UNIT_EQUAL(create("c1", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE), ERR_EXIST);
    UNIT_EQUAL(create("/", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE), ERR_EXIST);
    UNIT_EQUAL(create("c2/", VFS_OPEN_CREATE), ERR_ISDIR);
    UNIT_EQUAL(create("c1/", VFS_OPEN_CREATE), ERR_NOTDIR);
    UNIT_EQUAL(create("none/c", VFS_OPEN_CREATE), ERR_NOTFOUND);
    UNIT_OK(unlink_file("c1"));
}

UNIT_TEST(unlink_keeps_content_and_tells_kinds_apart)
{
    struct vfs_node *node = NULL;
    char text[8];
    size_t done;
    uint64_t end;

    support_start();
    node = support_file("d1");
    UNIT_OK(vfs_write(node, support_in("kept", 4), 0, &end));
    UNIT_OK(unlink_file("d1"));
    UNIT_EQUAL(unlink_file("d1"), ERR_NOTFOUND);
    UNIT_OK(vfs_read_kernel(node, text, sizeof(text), 0, &done));
    UNIT_EQUAL(done, 4);
    UNIT_CHECK(memcmp(text, "kept", 4) == 0);
    vfs_node_put(node);
    UNIT_OK(make_dir("d2"));
    make_file("d2/x");
    UNIT_EQUAL(unlink_file("d2"), ERR_ISDIR);
    UNIT_EQUAL(remove_dir("d2/x"), ERR_NOTDIR);
    UNIT_EQUAL(remove_dir("d2"), ERR_NOTEMPTY);
    UNIT_EQUAL(unlink_file("d2/x/"), ERR_NOTDIR);
    UNIT_OK(unlink_file("d2/x"));
    UNIT_EQUAL(remove_dir("d2/."), ERR_INVAL);
    UNIT_EQUAL(remove_dir("/"), ERR_BUSY);
    UNIT_EQUAL(unlink_file("/"), ERR_ISDIR);
    UNIT_EQUAL(unlink_file("Log/logfile"), ERR_BUSY);
    UNIT_EQUAL(rename_path("Log/logfile", "x"), ERR_BUSY);
    UNIT_EQUAL(rename_path("Log", "x"), ERR_BUSY);
    UNIT_OK(remove_dir("d2/"));
}

UNIT_TEST(removed_directory_takes_no_names)
{
    const struct vfs_open_request request = {
        .path = "x", .policy = VFS_POSIX, .options = VFS_OPEN_CREATE};
    struct vfs_node *dir;
    struct vfs_node *node;

    support_start();
    UNIT_OK(make_dir("gone"));
    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), "gone", VFS_POSIX, &dir));
    UNIT_OK(remove_dir("gone"));
    UNIT_EQUAL(vfs_open_node(vfs_origin_root(dir), &request, &node), ERR_NOTFOUND);
    UNIT_EQUAL(vfs_mkdir(vfs_origin_root(dir), "x", VFS_POSIX, 0755), ERR_NOTFOUND);
    vfs_node_put(dir);
}

UNIT_TEST(rename_moves_and_replaces)
{
    support_start();
    UNIT_OK(make_dir("r"));
    UNIT_OK(make_dir("r/a"));
    UNIT_OK(make_dir("r/b"));
    make_file("r/f");
    make_file("r/g");
    uint64_t inode = inode_of("r/f");
    UNIT_OK(rename_path("r/f", "r/f"));
    UNIT_OK(rename_path("r/f", "r/a/h"));
    UNIT_EQUAL(inode_of("r/a/h"), inode);
    UNIT_EQUAL(lookup("r/f", VFS_POSIX), ERR_NOTFOUND);
    UNIT_OK(rename_path("r/a/h", "r/g"));
    UNIT_EQUAL(inode_of("r/g"), inode);
    UNIT_EQUAL(links_of("r/g"), 1);
    UNIT_EQUAL(rename_path("r/g", "r/a"), ERR_ISDIR);
    UNIT_EQUAL(rename_path("r/a", "r/g"), ERR_NOTDIR);
    UNIT_EQUAL(rename_path("r", "r/a/r"), ERR_INVAL);
    UNIT_EQUAL(rename_path("r/a", "r/a/x"), ERR_INVAL);
    UNIT_EQUAL(rename_path("r/none", "r/x"), ERR_NOTFOUND);
    UNIT_EQUAL(rename_path("r/g", "none/x"), ERR_NOTFOUND);
    UNIT_EQUAL(rename_path("r/g", "r/x/"), ERR_NOTDIR);
    UNIT_EQUAL(rename_path("/", "r/x"), ERR_BUSY);
    UNIT_EQUAL(rename_path("r/g", "/"), ERR_BUSY);
    UNIT_EQUAL(rename_path("r/.", "x"), ERR_INVAL);
    UNIT_EQUAL(links_of("r"), 4);
    UNIT_OK(rename_path("r/b", "r/a/"));
    UNIT_EQUAL(links_of("r"), 3);
    make_file("r/a/full");
    UNIT_OK(make_dir("r/c"));
    UNIT_EQUAL(rename_path("r/c", "r/a"), ERR_NOTEMPTY);
    UNIT_OK(rename_path("r/c", "c"));
    UNIT_EQUAL(inode_of("c/.."), inode_of("/"));
    UNIT_OK(remove_dir("c"));
    UNIT_OK(unlink_file("r/a/full"));
    UNIT_OK(remove_dir("r/a"));
    UNIT_OK(unlink_file("r/g"));
    UNIT_OK(remove_dir("r"));
}

static void fill_and_empty_directory(void)
{
    char path[32];
    struct vfs_node *dir;
    struct vfs_names names;

    UNIT_OK(make_dir("big"));
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(path, sizeof(path), "big/%04u", (i * 7919) % 2000);
        make_file(path);
    }
    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), "big", VFS_POSIX, &dir));
    UNIT_OK(vfs_copy_names(dir, &names));
    UNIT_EQUAL(names.count, 2000);
    UNIT_EQUAL(names.len, 2000 * 6);
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(path, sizeof(path), "%04u", i);
        UNIT_CHECK(memcmp(names.bytes + i * 6 + 2, path, 4) == 0);
    }
    vfs_names_free(&names);
    vfs_node_put(dir);
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(path, sizeof(path), "big/%04u", i);
        UNIT_OK(unlink_file(path));
    }
    UNIT_OK(remove_dir("big"));
}

UNIT_TEST(large_directory_is_sorted_and_complete)
{
    support_start();
    fill_and_empty_directory(); // the kernel's page tables for the heap are there from now on
    struct machine_usage before = machine_usage();
    fill_and_empty_directory();
    machine_check_usage(before);
}

/// All that allocates, once with each allocation failing; a failure leaves nothing behind.
UNIT_TEST(names_survive_lack_of_memory)
{
    bool failed = true;
    support_start();
    struct machine_usage before = machine_usage();
    for (uint64_t n = 0; failed; n++) {
        enum status status;
        fault_inject_arm(n);
        status = make_dir("m");
        if (status == OK) {
            status = create("m/f", VFS_OPEN_CREATE);
        }
        if (status == OK) {
            status = rename_path("m/f", "m/g");
        }
        failed = fault_inject_disarm();
        UNIT_EQUAL(status, failed ? ERR_NOMEM : OK);
        (void)!unlink_file("m/f");
        (void)!unlink_file("m/g");
        (void)!remove_dir("m");
        machine_check_usage(before);
        UNIT_CHECK(n < 50);
    }
}

/// Make names until the budget says no, and remove them; how many there were.
static unsigned use_up_names(void)
{
    char path[24];
    enum status status = OK;
    unsigned made = 0;

    UNIT_OK(make_dir("many"));
    while (status == OK) {
        snprintf(path, sizeof(path), "many/%u", made);
        status = create(path, VFS_OPEN_CREATE);
        made += status == OK;
    }
    UNIT_EQUAL(status, ERR_NOMEM);
    for (unsigned i = 0; i < made; i++) {
        snprintf(path, sizeof(path), "many/%u", i);
        UNIT_OK(unlink_file(path));
    }
    UNIT_OK(remove_dir("many"));
    return made;
}

UNIT_TEST(names_have_a_budget)
{
    support_start();
    unsigned made = use_up_names();
    UNIT_CHECK(made > 10000 && made < 200000);
    struct machine_usage before = machine_usage();
    UNIT_EQUAL(use_up_names(), made); // all of the budget came back
    machine_check_usage(before);
}
