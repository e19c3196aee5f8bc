// SPDX-License-Identifier: MIT
// Tests of `file_rename`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

#define FROM "/raw/from"
#define TO "/raw/to"

TEST(file_rename, moves_a_file, RULE("file_rename.1"))
{
    EXPECT_OK(scratch_file(FROM, "content", 7));
    int64_t file = coco_open(FROM, COCO_OPEN_READ, 0);
    EXPECT_OK(coco_mkdir("/raw/d"));
    EXPECT_OK(coco_file_rename(FROM, "/raw/d/to"));
    EXPECT_ERROR(coco_open(FROM, COCO_OPEN_READ, 0), NOTFOUND);
    scratch_expect("/raw/d/to", "content", 7);
    char text[8];
    EXPECT_EQ(coco_read((coco_handle_t)file, text, 8), 7);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/d/to"));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

TEST(file_rename, replaces_a_file, RULE("file_rename.1"))
{
    EXPECT_OK(scratch_file(FROM, "new", 3));
    EXPECT_OK(scratch_file(TO, "old content", 11));
    int64_t old = coco_open(TO, COCO_OPEN_READ, 0);
    EXPECT_OK(coco_file_rename(FROM, TO));
    scratch_expect(TO, "new", 3);
    char text[16];
    EXPECT_EQ(coco_read((coco_handle_t)old, text, sizeof(text)), 11);
    EXPECT_OK(coco_close((coco_handle_t)old));
    EXPECT_OK(coco_file_rename(TO, TO));
    scratch_expect(TO, "new", 3);
    EXPECT_OK(coco_unlink(TO));
}

TEST(file_rename, folders, RULE("file_rename.1"), RULE("file_rename.ENOTEMPTY"))
{
    EXPECT_OK(coco_mkdir(FROM));
    EXPECT_OK(scratch_file(FROM "/f", "x", 1));
    EXPECT_OK(coco_mkdir(TO));
    EXPECT_OK(scratch_file(TO "/g", "y", 1));
    EXPECT_ERROR(coco_file_rename(FROM, TO), NOTEMPTY);
    scratch_expect(FROM "/f", "x", 1);
    scratch_expect(TO "/g", "y", 1);
    EXPECT_OK(coco_unlink(TO "/g"));
    EXPECT_OK(coco_file_rename(FROM, TO));
    scratch_expect(TO "/f", "x", 1);
    EXPECT_ERROR(coco_opendir(FROM), NOTFOUND);
    EXPECT_OK(coco_unlink(TO "/f"));
    EXPECT_OK(coco_rmdir(TO));
}

TEST(file_rename, into_itself_is_invalid, RULE("file_rename.2"), RULE("file_rename.EINVAL"))
{
    EXPECT_OK(coco_mkdir(FROM));
    EXPECT_OK(coco_mkdir(FROM "/inner"));
    EXPECT_ERROR(coco_file_rename(FROM, FROM "/inner/deep"), INVAL);
    EXPECT_ERROR(coco_file_rename(FROM, FROM "/other"), INVAL);
    EXPECT_ERROR(coco_file_rename("/", FROM), BUSY);
    EXPECT_OK(coco_rmdir(FROM "/inner"));
    EXPECT_OK(coco_rmdir(FROM));
}

TEST(file_rename, kinds_must_match, RULE("file_rename.3"), RULE("file_rename.EISDIR"),
     RULE("file_rename.ENOTDIR"))
{
    EXPECT_OK(coco_mkdir(TO));
    EXPECT_OK(scratch_file(FROM, "x", 1));
    EXPECT_ERROR(coco_file_rename(FROM, TO), ISDIR);
    EXPECT_ERROR(coco_file_rename(TO, FROM), NOTDIR);
    EXPECT_ERROR(coco_file_rename(FROM "/below", TO "/x"), NOTDIR);
    EXPECT_ERROR(coco_file_rename(TO, FROM "/below"), NOTDIR);
    scratch_expect(FROM, "x", 1);
    EXPECT_OK(coco_unlink(FROM));
    EXPECT_OK(coco_rmdir(TO));
}

TEST(file_rename, missing, RULE("file_rename.ENOTFOUND"))
{
    EXPECT_OK(scratch_file(FROM, "x", 1));
    EXPECT_ERROR(coco_file_rename("/raw/missing", TO), NOTFOUND);
    EXPECT_ERROR(coco_file_rename(FROM, "/missing/to"), NOTFOUND);
    EXPECT_ERROR(coco_file_rename("", TO), NOTFOUND);
    EXPECT_ERROR(coco_file_rename(FROM, ""), NOTFOUND);
    scratch_expect(FROM, "x", 1);
    EXPECT_OK(coco_unlink(FROM));
}

TEST(file_rename, long_name, RULE("file_rename.ENAMETOOLONG"))
{
    static char path[300] = "/raw/";
    memset(path + 5, 'n', COCO_NAME_MAX + 1);
    EXPECT_OK(scratch_file(FROM, "x", 1));
    EXPECT_ERROR(coco_file_rename(FROM, path), NAMETOOLONG);
    EXPECT_ERROR(coco_file_rename(path, FROM), NAMETOOLONG);
    scratch_expect(FROM, "x", 1);
    EXPECT_OK(coco_unlink(FROM));
}
