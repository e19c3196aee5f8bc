// SPDX-License-Identifier: MIT
// Tests of `memory_resize`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "memory.h"
#include "memory_objects.h"

TEST(memory_resize, grows_under_a_mapping, RULE("memory_resize.1"))
{
    coco_handle_t memory = memory_object(PAGE);
    uint8_t *shown = memory_show(memory, 0, 3 * PAGE, READ_WRITE);
    REQUIRE_TRUE(shown != NULL);
    shown[0] = 1;
    EXPECT_TRUE(!memory_readable(shown + PAGE));
    EXPECT_OK(coco_memory_resize(memory, PAGE + 1));
    EXPECT_EQ(memory_state(memory).length, 2 * PAGE);
    EXPECT_TRUE(bytes_are(shown + PAGE, 0, PAGE));
    shown[PAGE] = 2;
    EXPECT_TRUE(!memory_readable(shown + 2 * PAGE));
    EXPECT_EQ(shown[0], 1);
    EXPECT_OK(memory_unmap(shown, 3 * PAGE));
    EXPECT_OK(coco_close(memory));
}

TEST(memory_resize, behind_the_end_is_a_fault, RULE("memory_resize.1"), RULE("mmap.14"))
{
    struct coco_exit_status status;
    REQUIRE(child_run(&(struct child){.arguments = {"touch_behind_memory"}}, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_TRUE((status.error_code & COCO_FAULT_BEYOND_FILE) != 0);
}

TEST(memory_resize, lengths, RULE("memory_resize.1"), RULE("memory_resize.EINVAL"),
     RULE("memory_resize.ENOMEM"))
{
    uint64_t total = (uint64_t)coco_query(COCO_QUERY_MEM_LIMIT);
    coco_handle_t memory = memory_object(PAGE);
    EXPECT_ERROR(coco_memory_resize(memory, COCO_MEMORY_MAX + 1), INVAL);
    EXPECT_ERROR(coco_memory_resize(memory, UINT64_MAX), INVAL);
    EXPECT_ERROR(coco_memory_resize(memory, total), NOMEM);
    EXPECT_EQ(memory_state(memory).length, PAGE);
    EXPECT_OK(coco_memory_resize(memory, total / 2));
    EXPECT_ERROR(coco_memory_create(total / 2), NOMEM);
    EXPECT_OK(coco_memory_resize(memory, 0));
    coco_handle_t other = memory_object(total / 2);
    EXPECT_OK(coco_close(other));
    EXPECT_OK(coco_close(memory));
}

TEST(memory_resize, cut_while_nobody_maps_it, RULE("memory_resize.2"), RULE("memory_resize.EBUSY"))
{
    const uint64_t pages = 600;
    coco_handle_t memory = memory_object(pages * PAGE);
    uint8_t *shown = memory_show(memory, 0, pages * PAGE, READ_WRITE);
    REQUIRE_TRUE(shown != NULL);
    memset(shown, 3, pages * PAGE);
    EXPECT_EQ(memory_state(memory).resident, pages * PAGE);
    EXPECT_ERROR(coco_memory_resize(memory, PAGE), BUSY);
    EXPECT_OK(memory_unmap(shown + PAGE, (pages - 1) * PAGE));
    EXPECT_ERROR(coco_memory_resize(memory, PAGE), BUSY);
    EXPECT_OK(memory_unmap(shown, PAGE));
    EXPECT_OK(coco_memory_resize(memory, PAGE));
    EXPECT_EQ(memory_state(memory).resident, PAGE);
    EXPECT_OK(coco_memory_resize(memory, 2 * PAGE));
    shown = memory_show(memory, 0, 2 * PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(shown != NULL);
    EXPECT_TRUE(bytes_are(shown, 3, PAGE));
    EXPECT_TRUE(bytes_are(shown + PAGE, 0, PAGE)); /* not what was there */
    EXPECT_OK(memory_unmap(shown, 2 * PAGE));
    EXPECT_OK(coco_close(memory));
}

TEST(memory_resize, sealed, RULE("memory_resize.3"), RULE("memory_resize.EPERM"))
{
    coco_handle_t memory = memory_object(PAGE);
    EXPECT_OK(coco_memory_seal(memory, COCO_MEMORY_SEAL_RESIZE));
    EXPECT_ERROR(coco_memory_resize(memory, 0), PERM);
    EXPECT_ERROR(coco_memory_resize(memory, 2 * PAGE), PERM);
    EXPECT_ERROR(coco_memory_resize(memory, PAGE), PERM);
    EXPECT_EQ(memory_state(memory).length, PAGE);
    EXPECT_OK(coco_close(memory));
}
