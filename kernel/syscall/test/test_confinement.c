// SPDX-License-Identifier: MIT
// No path leads out of a process's root, whatever directories it was given.
#include "caller.h"

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
