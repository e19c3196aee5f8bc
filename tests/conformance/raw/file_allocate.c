// SPDX-License-Identifier: MIT
// Tests of `file_allocate`. Errors for want of memory and room are in no_memory.c and write.c.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

static uint64_t blocks_of(coco_handle_t file)
{
    struct coco_stat stat;
    EXPECT_OK(coco_file_stat(file, &stat));
    return stat.blocks;
}

TEST(file_allocate, makes_room, RULE("file_allocate.1"), RULE("file_allocate.2"))
{
    static uint8_t content[3 * PAGE];
    int64_t made = scratch_create("/raw/data", "0123456789", 10);
    REQUIRE_TRUE(made > 0);
    coco_handle_t file = (coco_handle_t)made;
    EXPECT_OK(coco_file_allocate(file, 4, 3)); /* inside: the size stays */
    EXPECT_EQ(scratch_size(file), 10);
    EXPECT_OK(coco_file_allocate(file, 2 * PAGE, 100));
    EXPECT_EQ(scratch_size(file), 2 * PAGE + 100);
    EXPECT_EQ(blocks_of(file), 2 * PAGE / 512); /* not the page in between */
    EXPECT_OK(coco_file_allocate(file, 0, 3 * PAGE));
    EXPECT_EQ(blocks_of(file), 3 * PAGE / 512);
    EXPECT_EQ(coco_file_pread(file, content, sizeof(content), 0), (int64_t)sizeof(content));
    EXPECT_BYTES(content, "0123456789", 10);
    EXPECT_TRUE(bytes_are(content + 10, 0, sizeof(content) - 10));
    EXPECT_OK(coco_close(file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

TEST(file_allocate, refusals, RULE("file_allocate.3"), RULE("file_allocate.EINVAL"),
     RULE("file_allocate.EFBIG"), RULE("file_allocate.ENOTSUPP"), RULE("file_allocate.ENOSPC"))
{
    struct coco_file_system usage;
    int64_t made = scratch_create("/raw/data", "abc", 3);
    int64_t device = coco_file_open("/dev/zero", COCO_FILE_WRITE, 0);
    REQUIRE_TRUE(made > 0 && device > 0);
    coco_handle_t file = (coco_handle_t)made;
    EXPECT_ERROR(coco_file_allocate(file, 0, 0), INVAL);
    EXPECT_ERROR(coco_file_allocate(file, UINT64_MAX, 2), FBIG);
    EXPECT_ERROR(coco_file_allocate(file, 1ull << 40, 1), FBIG);
    EXPECT_ERROR(coco_file_allocate((coco_handle_t)device, 0, 1), NOTSUPP);
    EXPECT_OK(coco_file_system(&usage));
    int64_t result = coco_file_allocate(file, 0, (usage.blocks + 1) * PAGE);
    EXPECT_TRUE(result == COCO_ENOSPC || result == COCO_ENOMEM);
    EXPECT_EQ(scratch_size(file), 3);
    EXPECT_EQ(blocks_of(file), PAGE / 512); /* what was made behind the end is given back */
    EXPECT_OK(coco_close((coco_handle_t)device));
    EXPECT_OK(coco_close(file));
    EXPECT_OK(coco_unlink("/raw/data"));
}
