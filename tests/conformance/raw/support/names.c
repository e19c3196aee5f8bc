// SPDX-License-Identifier: MIT
#include "names.h"

#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

coco_handle_t names_dir;
char names_too_long[COCO_NAME_MAX + 2];

int64_t names_link(const char *target, const char *path)
{
    return coco_file_symlink_at(target, names_dir, path);
}

int64_t names_open(const char *path, uint32_t flags)
{
    int64_t handle = coco_file_open_at(names_dir, path, flags, 0644);
    return handle < 0 ? handle : coco_close((coco_handle_t)handle);
}

uint32_t names_type(const char *path)
{
    struct coco_stat stat = {.type = UINT32_MAX};
    EXPECT_OK(coco_file_stat_at(names_dir, path, COCO_FILE_AT_NOFOLLOW, &stat));
    return stat.type;
}

static void make_folder(const char *path)
{
    memset(names_too_long, 'n', COCO_NAME_MAX + 1);
    EXPECT_OK(coco_mkdir(path));
    int64_t handle = coco_file_open(path, COCO_FILE_READ, 0);
    EXPECT_TRUE(handle > 0);
    names_dir = (coco_handle_t)handle;
}

/* Removes names below the folder, the last a folder, and then the folder itself. */
static void remove_folder(const char *path, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t flags = i + 1 == count ? COCO_UNLINK_DIRECTORY : 0;
        EXPECT_OK(coco_file_unlink_at(names_dir, names[i], flags));
    }
    EXPECT_OK(coco_close(names_dir));
    EXPECT_OK(coco_rmdir(path));
}

void names_make_base(void)
{
    make_folder(NAMES_BASE);
    EXPECT_OK(scratch_file(NAMES_BASE "/f", "abc", 3));
    EXPECT_OK(coco_mkdir(NAMES_BASE "/d"));
    EXPECT_OK(names_link("loop", "loop"));
}

void names_remove_base(void)
{
    static const char *const names[] = {"f", "loop", "d"};
    remove_folder(NAMES_BASE, names, 3);
}

void names_make_links(void)
{
    make_folder(NAMES_LINKS);
    EXPECT_OK(scratch_file(NAMES_LINKS "/f", "abc", 3));
    EXPECT_OK(coco_mkdir(NAMES_LINKS "/d"));
    EXPECT_OK(scratch_file(NAMES_LINKS "/d/g", "", 0));
    EXPECT_OK(names_link("f", "to-f"));
    EXPECT_OK(names_link(NAMES_LINKS "/d/", "to-d"));
    EXPECT_OK(names_link("d/new", "lost"));
    EXPECT_OK(names_link("./loop", "loop"));
}

void names_remove_links(void)
{
    static const char *const names[] = {"f", "d/g", "to-f", "to-d", "lost", "loop", "d"};
    remove_folder(NAMES_LINKS, names, 7);
}
