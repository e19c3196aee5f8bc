// SPDX-License-Identifier: MIT
// Tests of `file_dir_seek`, and of what it means for `readdir`.
#include <coconut/coconut.h>
#include <harness/string.h>
#include <harness/test.h>

#include "scratch.h"

#define FOLDER "/raw/seek"

static struct coco_dirent entries[4];

static uint64_t position_of(const struct coco_dirent *entry)
{
    uint64_t position = 0;
    memcpy(&position, entry->position, sizeof(entry->position));
    return position;
}

TEST(file_dir_seek, positions, RULE("file_dir_seek.1"), RULE("file_dir_seek.2"),
     RULE("file_dir_seek.3"), RULE("file_dir_seek.EINVAL"), RULE("file_open.6"))
{
    EXPECT_OK(coco_mkdir(FOLDER));
    int64_t handle = coco_file_open(FOLDER, COCO_FILE_READ, 0);
    coco_handle_t dir = (coco_handle_t)handle;
    EXPECT_OK(scratch_file(FOLDER "/a", "", 0));
    EXPECT_OK(scratch_file(FOLDER "/bb", "", 0));
    EXPECT_EQ(coco_readdir(dir, entries, 4), 2); /* the names at the first use */
    uint64_t first = position_of(&entries[0]);
    uint64_t second = position_of(&entries[1]);
    EXPECT_TRUE(first != 0 && second > first);
    EXPECT_OK(coco_file_dir_seek(dir, first));
    EXPECT_EQ(coco_readdir(dir, entries, 4), 1);
    EXPECT_BYTES(entries[0].name, "bb", 3);
    EXPECT_OK(scratch_file(FOLDER "/c", "", 0));
    EXPECT_OK(coco_file_dir_seek(dir, COCO_DIR_FIRST));
    EXPECT_EQ(coco_readdir(dir, entries, 4), 2);
    EXPECT_OK(coco_file_dir_seek(dir, 0));
    EXPECT_EQ(coco_readdir(dir, entries, 4), 3);
    EXPECT_ERROR(coco_file_dir_seek(dir, first + 1), INVAL);
    EXPECT_ERROR(coco_file_dir_seek(dir, 1ull << 40), INVAL);
    EXPECT_EQ(coco_readdir(dir, entries, 4), 0); /* and stays where it was */
    EXPECT_OK(coco_close(dir));
    EXPECT_OK(coco_unlink(FOLDER "/a"));
    EXPECT_OK(coco_unlink(FOLDER "/bb"));
    EXPECT_OK(coco_unlink(FOLDER "/c"));
    EXPECT_OK(coco_rmdir(FOLDER));
}
