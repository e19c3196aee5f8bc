// SPDX-License-Identifier: MIT
// Tests of `file_system`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

#define PAGES 8u
/* So long that it costs what `files_free` counts with, or more: then that shrinks by one at least.
 */
#define FULL_NAME "/raw/full-of-pages-and-no-more"

TEST(file_system, counts_blocks, RULE("file_system.1"), RULE("file_system.2"))
{
    static uint8_t bytes[PAGES * PAGE];
    struct coco_file_system before;
    struct coco_file_system now;
    EXPECT_OK(coco_file_system(&before));
    EXPECT_EQ(before.block_size, PAGE);
    EXPECT_EQ(before.name_max, COCO_NAME_MAX);
    EXPECT_TRUE(before.blocks >= before.blocks_free && before.blocks_free > PAGES);
    EXPECT_TRUE(before.files >= before.files_free && before.files_free > 1);
    memset(bytes, 1, sizeof(bytes));
    int64_t file = scratch_create(FULL_NAME, bytes, sizeof(bytes));
    EXPECT_OK(coco_file_system(&now));
    EXPECT_EQ(before.blocks_free - now.blocks_free, PAGES);
    EXPECT_TRUE(now.files_free < before.files_free);
    EXPECT_EQ(now.blocks, before.blocks);
    EXPECT_OK(coco_file_resize((coco_handle_t)file, PAGE));
    EXPECT_OK(coco_file_system(&now));
    EXPECT_EQ(before.blocks_free - now.blocks_free, 1);
    EXPECT_OK(coco_unlink(FULL_NAME));
    EXPECT_OK(coco_file_system(&now));
    EXPECT_EQ(before.blocks_free - now.blocks_free, 1); /* it is still open */
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_file_system(&now));
    EXPECT_EQ(now.blocks_free, before.blocks_free);
    EXPECT_EQ(now.files_free, before.files_free);
}
