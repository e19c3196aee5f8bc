// SPDX-License-Identifier: MIT
// Tests of `file_rename_at`; what it does beyond its directory is tested with its older sibling.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "names.h"
#include "scratch.h"

static int64_t rename_in(const char *from, const char *to)
{
    return coco_file_rename_at(names_dir, from, names_dir, to);
}

TEST(file_rename_at, relative_paths, RULE("file_rename_at.1"), RULE("file_rename_at.EINVAL"),
     RULE("file_rename_at.ENOTFOUND"), RULE("file_rename_at.ENOTDIR"),
     RULE("file_rename_at.EISDIR"), RULE("file_rename_at.ENOTEMPTY"), RULE("file_rename_at.EBUSY"),
     RULE("file_rename_at.ENAMETOOLONG"), RULE("file_rename_at.ELOOP"))
{
    names_make_base();
    int64_t inner = coco_file_open_at(names_dir, "d", COCO_FILE_READ, 0);
    EXPECT_OK(coco_file_rename_at(names_dir, "f", (coco_handle_t)inner, "g"));
    scratch_expect(NAMES_BASE "/d/g", "abc", 3);
    EXPECT_ERROR(rename_in("d", "d/x"), INVAL);
    EXPECT_ERROR(rename_in("none", "x"), NOTFOUND);
    EXPECT_ERROR(rename_in("d/g/x", "x"), NOTDIR);
    EXPECT_ERROR(rename_in("d/g", "d"), ISDIR);
    EXPECT_OK(coco_mkdir(NAMES_BASE "/e"));
    EXPECT_ERROR(rename_in("e", "d"), NOTEMPTY);
    EXPECT_OK(coco_rmdir(NAMES_BASE "/e"));
    EXPECT_ERROR(rename_in("/dev/null", "x"), BUSY);
    EXPECT_ERROR(rename_in("d/g", names_too_long), NAMETOOLONG);
    EXPECT_ERROR(rename_in("loop/x", "x"), LOOP);
    EXPECT_OK(coco_file_rename_at((coco_handle_t)inner, "g", COCO_HANDLE_NONE, "raw/at/f"));
    EXPECT_OK(coco_close((coco_handle_t)inner));
    names_remove_base();
}
