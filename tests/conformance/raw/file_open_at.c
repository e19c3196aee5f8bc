// SPDX-License-Identifier: MIT
// Tests of `file_open_at`: paths that start at a directory.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

#define BASE "/raw/at"
#define READ COCO_FILE_READ
#define BOTH (COCO_FILE_READ | COCO_FILE_WRITE)
#define NEW (BOTH | COCO_FILE_CREATE)

static int64_t open_close(coco_handle_t dir, const char *path, uint32_t flags)
{
    int64_t handle = coco_file_open_at(dir, path, flags, 0644);
    return handle < 0 ? handle : coco_close((coco_handle_t)handle);
}

/* BASE with a folder, a file and a handle to it; COCO_HANDLE_NONE after recording a failure. */
static coco_handle_t make_base(void)
{
    EXPECT_OK(coco_mkdir(BASE));
    EXPECT_OK(coco_mkdir(BASE "/d"));
    EXPECT_OK(scratch_file(BASE "/f", "x", 1));
    int64_t dir = coco_file_open(BASE, READ | COCO_FILE_DIRECTORY, 0);
    return EXPECT_TRUE(dir > 0) ? (coco_handle_t)dir : COCO_HANDLE_NONE;
}

static void remove_base(coco_handle_t dir)
{
    EXPECT_OK(coco_close(dir));
    EXPECT_OK(coco_unlink(BASE "/f"));
    EXPECT_OK(coco_rmdir(BASE "/d"));
    EXPECT_OK(coco_rmdir(BASE));
}

TEST(file_open_at, where_paths_start, RULE("file_open_at.1"), RULE("file_open_at.ENOTFOUND"))
{
    coco_handle_t dir = make_base();
    EXPECT_OK(open_close(dir, "f", READ));
    EXPECT_OK(open_close(dir, "./d/../f", READ));
    EXPECT_OK(open_close(dir, ".", READ | COCO_FILE_DIRECTORY));
    EXPECT_OK(open_close(dir, "../at/f", READ));
    EXPECT_OK(open_close(dir, BASE "/f", READ));
    EXPECT_ERROR(open_close(dir, "/f", READ), NOTFOUND);
    EXPECT_ERROR(open_close(dir, "", READ), NOTFOUND);
    EXPECT_ERROR(open_close(dir, "raw", READ), NOTFOUND);
    EXPECT_OK(open_close(COCO_HANDLE_NONE, "raw/at/f", READ));
    EXPECT_OK(open_close(COCO_HANDLE_NONE, BASE "/f", READ));
    int64_t upstream = coco_opendir(BASE); /* any handle to a directory will do */
    EXPECT_OK(open_close((coco_handle_t)upstream, "f", READ));
    EXPECT_OK(coco_close((coco_handle_t)upstream));
    remove_base(dir);
}

TEST(file_open_at, the_rest_is_as_in_file_open, RULE("file_open_at.1"), RULE("file_open_at.EINVAL"),
     RULE("file_open_at.EEXIST"), RULE("file_open_at.ENOTDIR"), RULE("file_open_at.EISDIR"),
     RULE("file_open_at.ENAMETOOLONG"), RULE("file_open_at.ERDONLY"))
{
    static char name[COCO_NAME_MAX + 2];
    coco_handle_t dir = make_base();
    memset(name, 'n', COCO_NAME_MAX + 1);
    EXPECT_ERROR(open_close(dir, "f", 0), INVAL);
    EXPECT_ERROR(open_close(dir, "f", READ | COCO_FILE_TRUNCATE), INVAL);
    EXPECT_ERROR(open_close(dir, "f", NEW | COCO_FILE_EXCLUSIVE), EXIST);
    EXPECT_ERROR(open_close(dir, "f/x", READ), NOTDIR);
    EXPECT_ERROR(open_close(dir, "f", READ | COCO_FILE_DIRECTORY), NOTDIR);
    EXPECT_ERROR(open_close(dir, "d", BOTH), ISDIR);
    EXPECT_ERROR(open_close(dir, "new/", NEW), ISDIR);
    EXPECT_ERROR(open_close(dir, name, NEW), NAMETOOLONG);
    EXPECT_ERROR(open_close(dir, "/Log/logfile", BOTH), RDONLY);
    EXPECT_OK(open_close(dir, "d/new", NEW));
    scratch_expect(BASE "/d/new", "", 0);
    EXPECT_OK(coco_unlink(BASE "/d/new"));
    remove_base(dir);
}

/* The handle goes with the directory. */
TEST(file_open_at, renamed_and_removed, RULE("file_open_at.2"), RULE("file_open_at.ENOTFOUND"))
{
    coco_handle_t dir = make_base();
    int64_t inner = coco_file_open_at(dir, "d", READ, 0);
    REQUIRE_TRUE(inner > 0);
    EXPECT_OK(coco_file_rename(BASE, "/raw/moved"));
    EXPECT_OK(open_close(dir, "f", READ));
    EXPECT_OK(open_close((coco_handle_t)inner, "../f", READ));
    EXPECT_OK(open_close((coco_handle_t)inner, "../../moved/f", READ));
    EXPECT_ERROR(open_close((coco_handle_t)inner, "../../at/f", READ), NOTFOUND);
    EXPECT_OK(coco_file_rename("/raw/moved", BASE));
    EXPECT_OK(coco_rmdir(BASE "/d"));
    EXPECT_ERROR(open_close((coco_handle_t)inner, ".", READ), NOTFOUND);
    EXPECT_ERROR(open_close((coco_handle_t)inner, "..", READ), NOTFOUND);
    EXPECT_ERROR(open_close((coco_handle_t)inner, "new", NEW), NOTFOUND);
    EXPECT_OK(open_close((coco_handle_t)inner, BASE "/f", READ));
    EXPECT_OK(coco_close((coco_handle_t)inner));
    EXPECT_OK(coco_mkdir(BASE "/d"));
    remove_base(dir);
}

/* With a smaller root, and directories from outside of it: kernel/syscall/test/test_confinement.c
 */
TEST(file_open_at, does_not_leave_the_root, RULE("file_open_at.2"))
{
    coco_handle_t dir = make_base();
    EXPECT_OK(open_close(dir, "../../../../../raw/at/f", READ));
    EXPECT_OK(open_close(COCO_HANDLE_NONE, "../../raw/at/f", READ));
    remove_base(dir);
}

TEST(file_open_at, without_waiting, RULE("file_open_at.3"), RULE("file_open_at.ENXIO"))
{
    coco_handle_t dir = make_base();
    EXPECT_OK(coco_file_fifo_at(dir, "fifo", 0600));
    int64_t file = coco_file_open_at(dir, "f", BOTH | COCO_FILE_NONBLOCK, 0);
    EXPECT_EQ(coco_file_status_flags((coco_handle_t)file, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_ERROR(open_close(dir, "fifo", COCO_FILE_WRITE | COCO_FILE_NONBLOCK), NXIO);
    EXPECT_ERROR(
        open_close(dir, "fifo",
                   COCO_FILE_WRITE | COCO_FILE_NONBLOCK | COCO_FILE_CREATE | COCO_FILE_TRUNCATE),
        NXIO);
    int64_t reader = coco_file_open_at(dir, "fifo", READ | COCO_FILE_NONBLOCK, 0);
    int64_t writer = coco_file_open_at(dir, "fifo", COCO_FILE_WRITE | COCO_FILE_NONBLOCK, 0);
    char text[4];
    REQUIRE_TRUE(reader > 0 && writer > 0);
    EXPECT_EQ(coco_file_status_flags((coco_handle_t)reader, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_ERROR(coco_read((coco_handle_t)reader, text, 4), AGAIN);
    EXPECT_EQ(coco_write((coco_handle_t)writer, "ab", 2), 2);
    EXPECT_EQ(coco_read((coco_handle_t)reader, text, 4), 2);
    EXPECT_OK(coco_close((coco_handle_t)writer));
    EXPECT_EQ(coco_read((coco_handle_t)reader, text, 4), 0);
    EXPECT_OK(coco_close((coco_handle_t)reader));
    EXPECT_OK(coco_file_unlink(BASE "/fifo", 0));
    remove_base(dir);
}

TEST(file_open_at, full_table, RULE("file_open_at.EMFILE"))
{
    coco_handle_t dir = make_base();
    EXPECT_OK(coco_file_fifo_at(dir, "fifo", 0600));
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_ERROR(open_close(dir, "f", READ), MFILE);
    EXPECT_ERROR(open_close(dir, "new", NEW), MFILE);
    EXPECT_ERROR(open_close(dir, "fifo", BOTH), MFILE);
    scratch_close_handles(full.first, full.last);
    EXPECT_ERROR(open_close(dir, "new", READ), NOTFOUND);
    EXPECT_OK(coco_file_unlink(BASE "/fifo", 0));
    remove_base(dir);
}

TEST(file_open_at, terminals, RULE("file_open_at.5"), RULE("file_open.ENXIO"))
{
    EXPECT_ERROR(coco_file_open_at(COCO_HANDLE_NONE, "/dev/tty", COCO_FILE_READ, 0), NXIO);
    EXPECT_ERROR(coco_file_open("/dev/tty", COCO_FILE_READ | COCO_FILE_WRITE, 0), NXIO);
    EXPECT_ERROR(coco_file_open("/dev/console", COCO_FILE_READ, 0), NXIO);
    int64_t console = coco_file_open("/dev/console", COCO_FILE_WRITE, 0);
    REQUIRE_TRUE(console > 0);
    EXPECT_EQ((uint32_t)coco_handle_info((coco_handle_t)console), COCO_OBJECT_LOG);
    EXPECT_EQ(coco_write((coco_handle_t)console, "# a line for the log\n", 21), 21);
    EXPECT_OK(coco_close((coco_handle_t)console));
    EXPECT_ERROR(coco_file_unlink("/dev/tty", 0), BUSY);
}
