// SPDX-License-Identifier: MIT
// Tests of `file_symlink_at`, and of what links do to other calls.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "names.h"
#include "scratch.h"

#define READ COCO_FILE_READ
#define NEW (COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_CREATE)

TEST(file_symlink_at, symlink, RULE("file_symlink_at.1"), RULE("file_symlink_at.2"),
     RULE("file_symlink_at.EINVAL"), RULE("file_symlink_at.EEXIST"),
     RULE("file_symlink_at.ENOTFOUND"), RULE("file_symlink_at.ENOTDIR"),
     RULE("file_symlink_at.ENAMETOOLONG"), RULE("file_symlink_at.ELOOP"))
{
    char text[16];
    names_make_links();
    EXPECT_OK(names_link("no//where/..", "d/x"));
    EXPECT_EQ(coco_file_readlink_at(names_dir, "d/x", text, sizeof(text)), 12);
    EXPECT_BYTES(text, "no//where/..", 12);
    EXPECT_ERROR(names_link("a", "d/x"), EXIST);
    EXPECT_ERROR(names_link("a", "f"), EXIST);
    EXPECT_ERROR(names_link("", "y"), NOTFOUND);
    EXPECT_ERROR(names_link("a", ""), NOTFOUND);
    EXPECT_ERROR(names_link("a", "none/y"), NOTFOUND);
    EXPECT_ERROR(names_link("a", "y/"), NOTFOUND);
    EXPECT_ERROR(names_link("a", "f/y"), NOTDIR);
    EXPECT_ERROR(names_link("a", "loop/y"), LOOP);
    EXPECT_ERROR(names_link("a", names_too_long), NAMETOOLONG);
    EXPECT_ERROR(names_link("\xff", "y"), INVAL);
    EXPECT_OK(coco_file_unlink_at(names_dir, "d/x", 0));
    names_remove_links();
}

/* A target may be as long as a path. */
TEST(file_symlink_at, long_target, RULE("file_symlink_at.1"), RULE("file_symlink_at.ENAMETOOLONG"))
{
    static char target[COCO_PATH_MAX + 1];
    static char text[COCO_PATH_MAX];
    names_make_links();
    memset(target, '/', COCO_PATH_MAX);
    EXPECT_ERROR(names_link(target, "x"), NAMETOOLONG);
    target[COCO_PATH_MAX - 1] = '\0';
    EXPECT_OK(names_link(target, "x"));
    EXPECT_EQ(coco_file_readlink_at(names_dir, "x", text, sizeof(text)), COCO_PATH_MAX - 1);
    EXPECT_BYTES(text, target, COCO_PATH_MAX - 1);
    EXPECT_OK(names_open("x", READ)); /* the root */
    EXPECT_OK(coco_file_unlink_at(names_dir, "x", 0));
    names_remove_links();
}

TEST(file_symlink_at, are_followed, RULE("file_open.12"), RULE("file_open.ELOOP"),
     RULE("file_stat_path.ELOOP"), RULE("file_open_at.4"), RULE("file_open_at.ELOOP"),
     RULE("file_mkdir.ELOOP"), RULE("file_fifo_at.ELOOP"))
{
    struct coco_stat stat;
    names_make_links();
    EXPECT_OK(coco_file_stat_path(NAMES_LINKS "/to-f", &stat));
    EXPECT_EQ(stat.size, 3);
    EXPECT_OK(names_open("to-d/g", READ));
    EXPECT_OK(names_open("to-d/../f", READ));
    EXPECT_OK(names_open("to-d", READ | COCO_FILE_DIRECTORY));
    EXPECT_ERROR(names_open("lost", READ), NOTFOUND);
    EXPECT_ERROR(names_open("loop", READ), LOOP);
    EXPECT_ERROR(coco_file_open(NAMES_LINKS "/loop", READ, 0), LOOP);
    EXPECT_ERROR(coco_file_stat_path(NAMES_LINKS "/loop", &stat), LOOP);
    EXPECT_ERROR(coco_file_mkdir(NAMES_LINKS "/loop/x", 0755), LOOP);
    EXPECT_ERROR(coco_file_fifo_at(names_dir, "loop/x", 0755), LOOP);
    EXPECT_ERROR(names_open("to-f", READ | COCO_FILE_NOFOLLOW), LOOP);
    EXPECT_OK(names_open("to-d/g", READ | COCO_FILE_NOFOLLOW));
    EXPECT_OK(names_open("to-d/", READ | COCO_FILE_NOFOLLOW));
    EXPECT_ERROR(names_open("lost", NEW | COCO_FILE_EXCLUSIVE), EXIST);
    EXPECT_OK(names_open("lost", NEW));
    EXPECT_EQ(names_type("d/new"), COCO_TYPE_FILE);
    EXPECT_OK(coco_file_unlink_at(names_dir, "d/new", 0));
    names_remove_links();
}

TEST(file_symlink_at, as_names, RULE("file_rename.5"), RULE("file_rename.ELOOP"),
     RULE("file_unlink.4"), RULE("file_unlink.ELOOP"))
{
    names_make_links();
    EXPECT_OK(coco_file_rename(NAMES_LINKS "/to-d", NAMES_LINKS "/moved"));
    EXPECT_EQ(names_type("moved"), COCO_TYPE_LINK);
    EXPECT_OK(coco_file_rename(NAMES_LINKS "/moved", NAMES_LINKS "/lost")); /* replaces the link */
    EXPECT_OK(names_open("lost/g", READ));
    EXPECT_ERROR(coco_file_rename(NAMES_LINKS "/loop/x", NAMES_LINKS "/y"), LOOP);
    EXPECT_ERROR(coco_file_unlink(NAMES_LINKS "/loop/x", 0), LOOP);
    EXPECT_OK(coco_file_unlink(NAMES_LINKS "/lost", 0));
    EXPECT_EQ(names_type("d"), COCO_TYPE_DIR);
    EXPECT_OK(names_link("d", "to-d"));
    EXPECT_OK(names_link("d", "lost"));
    names_remove_links();
}

TEST(file_symlink_at, upstream_follows_none, RULE("file_symlink_at.3"))
{
    struct coco_dirent entry;
    names_make_links();
    EXPECT_ERROR(coco_open(NAMES_LINKS "/to-f", COCO_OPEN_READ, 0), NOTFOUND);
    EXPECT_ERROR(coco_open(NAMES_LINKS "/to-f", COCO_OPEN_READ, COCO_OPEN_CREATE), EXIST);
    EXPECT_ERROR(coco_open(NAMES_LINKS "/to-d/g", COCO_OPEN_READ, 0), NOTFOUND);
    EXPECT_ERROR(coco_opendir(NAMES_LINKS "/to-d"), NOTFOUND);
    EXPECT_ERROR(coco_rmdir(NAMES_LINKS "/to-d"), UNKNOWN);
    EXPECT_ERROR(coco_exec(NAMES_LINKS "/to-f", "/", 0), INVAL);
    EXPECT_OK(coco_unlink(NAMES_LINKS "/to-f"));
    EXPECT_OK(names_open("f", READ));
    int64_t dir = coco_opendir(NAMES_LINKS);
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, &entry, 1), 1); /* d */
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, &entry, 1), 1); /* f */
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, &entry, 1), 1);
    EXPECT_EQ(entry.type, COCO_TYPE_LINK);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(names_link("f", "to-f"));
    names_remove_links();
}

/* A program is found through a link, and by the name that the link has. */
TEST(file_symlink_at, programs, RULE("file_open.12"))
{
    struct coco_exit_status status;
    EXPECT_OK(coco_file_symlink_at(MINIMAL_PROGRAM, COCO_HANDLE_NONE, "/raw/program"));
    EXPECT_TRUE(child_run(&(struct child){.program = "/raw/program"}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
    EXPECT_OK(coco_unlink("/raw/program"));
}
