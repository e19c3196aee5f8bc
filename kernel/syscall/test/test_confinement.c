// SPDX-License-Identifier: MIT
// No path leads out of a process's root, whatever directories it was given.
#include "caller.h"

#include <fs/fs.h>
#include <fs/namespace.h>

static int64_t outside; /* a handle to the root of the whole tree */
static int64_t inside;  /* to the root of the process */

static void enter(void)
{
    caller_start();
    UNIT_OK(CALL(COCO_SYS_MKDIR, caller_string("/jail")));
    UNIT_OK(CALL(COCO_SYS_MKDIR, caller_string("/jail/d")));
    caller_remove_file("/jail/f", caller_create_file("/jail/f", "x"));
    outside = CALL(COCO_SYS_FILE_OPEN, caller_string("/"), COCO_FILE_READ, 0);
    inside = CALL(COCO_SYS_FILE_OPEN, caller_string("/jail"), COCO_FILE_READ, 0);
    UNIT_CHECK(outside >= 0 && inside >= 0);
    caller_set_root("/jail");
}

static void leave(void)
{
    caller_set_root("/");
    UNIT_OK(CALL(COCO_SYS_CLOSE, inside));
    UNIT_OK(CALL(COCO_SYS_CLOSE, outside));
    UNIT_OK(CALL(COCO_SYS_RMDIR, caller_string("/jail/d")));
    UNIT_OK(CALL(COCO_SYS_RMDIR, caller_string("/jail")));
}

static int64_t open_at(int64_t dir, const char *path)
{
    int64_t handle = CALL(COCO_SYS_FILE_OPEN_AT, dir, caller_string(path), COCO_FILE_READ, 0);

    if (handle >= 0) {
        UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
    }
    return handle < 0 ? handle : 0;
}

UNIT_TEST(directories_from_elsewhere_are_refused)
{
    RULE("file_open_at.2");
    RULE("file_open_at.EPERM");
    RULE("file_fifo_at.EPERM");
    enter();
    UNIT_EQUAL(open_at(outside, "jail"), COCO_EPERM);
    UNIT_EQUAL(open_at(outside, "."), COCO_EPERM);
    UNIT_OK(open_at(outside, "/d")); // the root's own
    UNIT_OK(open_at(inside, "d"));
    UNIT_OK(open_at(inside, "../../d"));
    UNIT_EQUAL(open_at(inside, "../jail"), COCO_ENOTFOUND);
    UNIT_EQUAL(open_at(inside, "d/../../jail"), COCO_ENOTFOUND);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_FIFO_AT, outside, caller_string("x"), 0), COCO_EPERM);
    leave();
}

UNIT_TEST(no_call_takes_a_directory_from_elsewhere)
{
    RULE("file_stat_at.EPERM");
    RULE("file_mkdir_at.EPERM");
    RULE("file_unlink_at.EPERM");
    RULE("file_rename_at.EPERM");
    RULE("file_link_at.EPERM");
    RULE("file_symlink_at.EPERM");
    RULE("file_readlink_at.EPERM");
    RULE("file_set_attributes_at.EPERM");
    RULE("file_path.2");
    RULE("file_path.EPERM");
    enter();
    uint64_t jail = caller_string("jail");
    uint64_t d = caller_string2("d");
    UNIT_EQUAL(CALL(COCO_SYS_FILE_STAT_AT, outside, jail, 0, CALLER_DATA), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_MKDIR_AT, outside, jail, 0), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_UNLINK_AT, outside, jail, 1), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_RENAME_AT, outside, jail, inside, d), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_RENAME_AT, inside, d, outside, jail), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_LINK_AT, outside, jail, inside, d, 0), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_LINK_AT, inside, d, outside, jail, 0), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_SYMLINK_AT, d, outside, jail), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_READLINK_AT, outside, jail, CALLER_DATA, 8), COCO_EPERM);
    caller_put(&(struct coco_attributes){0}, sizeof(struct coco_attributes));
    UNIT_EQUAL(CALL(COCO_SYS_FILE_SET_ATTRIBUTES_AT, outside, jail, CALLER_DATA, 0), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_PATH, outside, CALLER_DATA, 64), COCO_EPERM);
    UNIT_EQUAL(CALL(COCO_SYS_FILE_PATH, inside, CALLER_DATA, 64), 1);
    leave();
}

/// Links end at the root, too, wherever they were made.
UNIT_TEST(links_do_not_leave_the_root)
{
    RULE("file_open.12");
    enter();
    UNIT_OK(CALL(COCO_SYS_FILE_SYMLINK_AT, caller_string("/d"), inside, caller_string2("abs")));
    UNIT_OK(CALL(COCO_SYS_FILE_SYMLINK_AT, caller_string("../../d"), inside, caller_string2("up")));
    UNIT_OK(CALL(COCO_SYS_FILE_SYMLINK_AT, caller_string("/jail"), inside, caller_string2("out")));
    UNIT_OK(open_at(inside, "abs"));
    UNIT_OK(open_at(inside, "up"));
    UNIT_EQUAL(open_at(inside, "out"), COCO_ENOTFOUND);
    UNIT_OK(CALL(COCO_SYS_FILE_UNLINK_AT, inside, caller_string("abs"), 0));
    UNIT_OK(CALL(COCO_SYS_FILE_UNLINK_AT, inside, caller_string("up"), 0));
    UNIT_OK(CALL(COCO_SYS_FILE_UNLINK_AT, inside, caller_string("out"), 0));
    leave();
}

UNIT_TEST(names_have_a_limit)
{
    struct vfs_node *node;

    RULE("file_link_at.3");
    RULE("file_link_at.EMLINK");
    caller_start();
    int64_t file = caller_create_file("/f", "x");
    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), "f", VFS_POSIX, &node));
    node->links += COCO_LINK_MAX - 2;
    uint64_t from = caller_string("f");
    uint64_t to = caller_string2("g");
    UNIT_OK(CALL(COCO_SYS_FILE_LINK_AT, -1, from, -1, to, 0));
    UNIT_EQUAL(CALL(COCO_SYS_FILE_LINK_AT, -1, from, -1, caller_string2("h"), 0), COCO_EMLINK);
    node->links -= COCO_LINK_MAX - 2;
    UNIT_OK(CALL(COCO_SYS_FILE_UNLINK_AT, -1, caller_string2("g"), 0));
    vfs_node_put(node);
    caller_remove_file("/f", file);
}
