// SPDX-License-Identifier: MIT
// Tests of `memory_info`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "memory_objects.h"

TEST(memory_info, tells_all, RULE("memory_info.1"))
{
    coco_handle_t memory = memory_object(4 * PAGE);
    struct coco_memory_info info = memory_state(memory);
    EXPECT_EQ(info.length, 4 * PAGE);
    EXPECT_EQ(info.resident, 0);
    EXPECT_EQ(info.seals, 0);
    EXPECT_EQ(info.mappings, 0);
    uint8_t *shown = memory_show(memory, 0, 4 * PAGE, READ_WRITE);
    REQUIRE_TRUE(shown != NULL);
    shown[PAGE] = 1;
    shown[3 * PAGE] = 1;
    EXPECT_OK(coco_memory_seal(memory, COCO_MEMORY_SEAL_RESIZE));
    info = memory_state(memory);
    EXPECT_EQ(info.resident, 2 * PAGE);
    EXPECT_EQ(info.seals, COCO_MEMORY_SEAL_RESIZE);
    EXPECT_EQ(info.mappings, 1);
    EXPECT_OK(memory_unmap(shown + PAGE, PAGE)); /* two parts are left */
    EXPECT_EQ(memory_state(memory).mappings, 2);
    EXPECT_EQ(memory_state(memory).resident, 2 * PAGE);
    EXPECT_OK(memory_unmap(shown, 4 * PAGE));
    EXPECT_EQ(memory_state(memory).mappings, 0);
    EXPECT_OK(coco_close(memory));
}
