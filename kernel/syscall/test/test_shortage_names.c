// SPDX-License-Identifier: MIT
// Calls that open, make, rename and list files, once with each of their allocations failing.
#include "caller.h"
#include "shortage.h"

static int64_t open_new(void)
{
    return CALL(COCO_SYS_OPEN, caller_string("/n"), COCO_OPEN_READ | COCO_OPEN_WRITE,
                COCO_OPEN_CREATE);
}

static int64_t file_open_new(void)
{
    return CALL(COCO_SYS_FILE_OPEN, caller_string("/n"), COCO_FILE_WRITE | COCO_FILE_CREATE, 0644);
}

static void drop_new(int64_t handle)
{
    caller_remove_file("/n", handle);
}

static int64_t open_at_new(void)
{
    return CALL(COCO_SYS_FILE_OPEN_AT, COCO_HANDLE_NONE, caller_string("/n"),
                COCO_FILE_WRITE | COCO_FILE_CREATE, 0644);
}

static int64_t make_fifo(void)
{
    return CALL(COCO_SYS_FILE_FIFO_AT, COCO_HANDLE_NONE, caller_string("/n"), 0644);
}

static void drop_fifo(int64_t result)
{
    UNIT_OK(result);
    UNIT_OK(CALL(COCO_SYS_FILE_UNLINK, caller_string("/n"), 0));
}

static int64_t open_fifo(void)
{
    return CALL(COCO_SYS_FILE_OPEN_AT, COCO_HANDLE_NONE, caller_string("/n"),
                COCO_FILE_READ | COCO_FILE_NONBLOCK, 0);
}

UNIT_TEST(fifos_survive_lack_of_memory)
{
    RULE("file_fifo_at.ENOMEM");
    RULE("file_open_at.ENOMEM");
    caller_start();
    inject(make_fifo, drop_fifo);
    UNIT_OK(make_fifo());
    inject(open_fifo, shortage_close);
    drop_fifo(0);
}

static int64_t mkdir_at(void)
{
    return CALL(COCO_SYS_FILE_MKDIR_AT, COCO_HANDLE_NONE, caller_string("/n"), 0755);
}

static int64_t symlink_at(void)
{
    return CALL(COCO_SYS_FILE_SYMLINK_AT, caller_string("target"), COCO_HANDLE_NONE,
                caller_string2("/n"));
}

static int64_t link_at(void)
{
    return CALL(COCO_SYS_FILE_LINK_AT, COCO_HANDLE_NONE, caller_string("/there"), COCO_HANDLE_NONE,
                caller_string2("/n"), 0);
}

static int64_t rename_at(void)
{
    return CALL(COCO_SYS_FILE_RENAME_AT, COCO_HANDLE_NONE, caller_string("/there"),
                COCO_HANDLE_NONE, caller_string2("/n"));
}

static void undo_rename_at(int64_t result)
{
    UNIT_OK(result);
    UNIT_OK(CALL(COCO_SYS_FILE_RENAME, caller_string("/n"), caller_string2("/there")));
}

static void drop_dir_at(int64_t result)
{
    UNIT_OK(result);
    UNIT_OK(CALL(COCO_SYS_RMDIR, caller_string("/n")));
}

UNIT_TEST(names_at_survive_lack_of_memory)
{
    RULE("file_mkdir_at.ENOMEM");
    RULE("file_symlink_at.ENOMEM");
    RULE("file_link_at.ENOMEM");
    RULE("file_rename_at.ENOMEM");
    caller_start();
    int64_t file = caller_create_file("/there", "x");
    inject(mkdir_at, drop_dir_at);
    inject(symlink_at, drop_fifo);
    inject(link_at, drop_fifo);
    inject(rename_at, undo_rename_at);
    caller_remove_file("/there", file);
}

static int64_t shortage_dir;

static int64_t read_dir(void)
{
    UNIT_OK(CALL(COCO_SYS_FILE_DIR_SEEK, shortage_dir, 0)); // forgets the names
    return CALL(COCO_SYS_READDIR, shortage_dir, CALLER_DATA, 1);
}

static int64_t seek_dir(void)
{
    UNIT_OK(CALL(COCO_SYS_FILE_DIR_SEEK, shortage_dir, 0));
    return CALL(COCO_SYS_FILE_DIR_SEEK, shortage_dir, COCO_DIR_FIRST);
}

static int64_t path_of_dir(void)
{
    return CALL(COCO_SYS_FILE_PATH, shortage_dir, CALLER_DATA, 64);
}

/// The names that the directory's handle holds are no leak.
static void forget_names(int64_t result)
{
    UNIT_CHECK(result >= 0);
    UNIT_OK(CALL(COCO_SYS_FILE_DIR_SEEK, shortage_dir, 0));
}

UNIT_TEST(directories_survive_lack_of_memory)
{
    RULE("readdir.ENOMEM");
    RULE("file_dir_seek.ENOMEM");
    RULE("file_path.ENOMEM");
    caller_start();
    shortage_dir = CALL(COCO_SYS_FILE_OPEN, caller_string("/"), COCO_FILE_READ, 0);
    inject(read_dir, forget_names);
    inject(seek_dir, forget_names);
    inject(path_of_dir, forget_names);
    shortage_close(shortage_dir);
}

UNIT_TEST(opening_survives_lack_of_memory)
{
    RULE("open.ENOMEM");
    RULE("file_open.ENOMEM");
    caller_start();
    inject(open_new, drop_new); // a name that is made and then left behind would show as a leak
    inject(file_open_new, drop_new);
    inject(open_at_new, drop_new);
    caller_reset_handles();
    inject(open_new, drop_new);
}

static int64_t open_root(void)
{
    return CALL(COCO_SYS_OPENDIR, caller_string("/"));
}

static int64_t make_dir(void)
{
    return CALL(COCO_SYS_MKDIR, caller_string("/n"));
}

static int64_t file_make_dir(void)
{
    return CALL(COCO_SYS_FILE_MKDIR, caller_string("/n"), 0755);
}

static void drop_dir(int64_t result)
{
    UNIT_OK(result);
    UNIT_OK(CALL(COCO_SYS_RMDIR, caller_string("/n")));
}

static int64_t rename_there(void)
{
    return CALL(COCO_SYS_FILE_RENAME, caller_string("/there"), caller_string2("/other"));
}

static void rename_back(int64_t result)
{
    UNIT_OK(result);
    UNIT_OK(CALL(COCO_SYS_FILE_RENAME, caller_string("/other"), caller_string2("/there")));
}

UNIT_TEST(names_survive_lack_of_memory)
{
    RULE("opendir.ENOMEM");
    RULE("mkdir.ENOMEM");
    RULE("file_mkdir.ENOMEM");
    RULE("file_rename.ENOMEM");
    caller_start();
    inject(open_root, shortage_close);
    inject(make_dir, drop_dir);
    inject(file_make_dir, drop_dir);
    int64_t file = caller_create_file("/there", "x");
    inject(rename_there, rename_back);
    caller_remove_file("/there", file);
}
