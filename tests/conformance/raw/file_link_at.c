// SPDX-License-Identifier: MIT
// Tests of `file_link_at`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "names.h"
#include "scratch.h"

#define READ COCO_FILE_READ

static int64_t hard_link(const char *from, const char *to, uint32_t flags)
{
    return coco_file_link_at(names_dir, from, names_dir, to, flags);
}

TEST(file_link_at, names_of_one_file, RULE("file_link_at.1"), RULE("file_link_at.2"),
     RULE("file_rename.5"))
{
    struct coco_stat first;
    struct coco_stat second;
    names_make_links();
    int64_t inner = coco_file_open_at(names_dir, "d", READ, 0);
    EXPECT_OK(coco_file_link_at(names_dir, "f", (coco_handle_t)inner, "h", 0));
    EXPECT_OK(coco_close((coco_handle_t)inner));
    EXPECT_OK(coco_file_stat_at(names_dir, "f", 0, &first));
    EXPECT_OK(coco_file_stat_at(names_dir, "d/h", 0, &second));
    EXPECT_TRUE(first.inode == second.inode && second.links == 2);
    EXPECT_OK(scratch_file(NAMES_LINKS "/d/h", "other", 5));
    scratch_expect(NAMES_LINKS "/f", "other", 5);
    EXPECT_OK(coco_file_rename_at(names_dir, "f", names_dir, "d/h")); /* both stay */
    scratch_expect(NAMES_LINKS "/f", "other", 5);
    int64_t open = coco_file_open_at(names_dir, "f", READ, 0);
    EXPECT_OK(coco_file_unlink_at(names_dir, "f", 0));
    scratch_expect(NAMES_LINKS "/d/h", "other", 5);
    EXPECT_OK(coco_file_unlink_at(names_dir, "d/h", 0));
    EXPECT_OK(coco_file_stat((coco_handle_t)open, &first));
    EXPECT_TRUE(first.links == 0 && first.size == 5);
    EXPECT_OK(coco_close((coco_handle_t)open));
    EXPECT_OK(scratch_file(NAMES_LINKS "/f", "", 0));
    EXPECT_OK(hard_link("to-f", "link", 0));
    EXPECT_EQ(names_type("link"), COCO_TYPE_LINK);
    EXPECT_OK(hard_link("to-f", "file", COCO_FILE_LINK_FOLLOW));
    EXPECT_EQ(names_type("file"), COCO_TYPE_FILE);
    EXPECT_OK(coco_file_unlink_at(names_dir, "link", 0));
    EXPECT_OK(coco_file_unlink_at(names_dir, "file", 0));
    names_remove_links();
}

TEST(file_link_at, refused_names, RULE("file_link_at.3"), RULE("file_link_at.EINVAL"),
     RULE("file_link_at.ENOTFOUND"), RULE("file_link_at.EEXIST"), RULE("file_link_at.ENOTDIR"),
     RULE("file_link_at.ENAMETOOLONG"), RULE("file_link_at.ELOOP"), RULE("file_link_at.EPERM"),
     RULE("file_link_at.EXDEV"))
{
    names_make_links();
    EXPECT_ERROR(hard_link("none", "x", 0), NOTFOUND);
    EXPECT_ERROR(hard_link("f", "none/x", 0), NOTFOUND);
    EXPECT_ERROR(hard_link("lost", "x", COCO_FILE_LINK_FOLLOW), NOTFOUND);
    EXPECT_ERROR(hard_link("f", "d", 0), EXIST);
    EXPECT_ERROR(hard_link("f", "f", 0), EXIST);
    EXPECT_ERROR(hard_link("f", "lost", 0), EXIST);
    EXPECT_ERROR(hard_link("f/", "x", 0), NOTDIR);
    EXPECT_ERROR(hard_link("loop", "x", COCO_FILE_LINK_FOLLOW), LOOP);
    EXPECT_ERROR(hard_link("f", names_too_long, 0), NAMETOOLONG);
    EXPECT_ERROR(hard_link("f", "\xff", 0), INVAL);
    EXPECT_ERROR(hard_link("d", "x", 0), PERM);
    EXPECT_ERROR(hard_link("/", "x", 0), PERM);
    EXPECT_ERROR(hard_link("/dev/null", "x", 0), XDEV);
    names_remove_links();
}
