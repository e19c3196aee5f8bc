// SPDX-License-Identifier: MIT
#include "memory_objects.h"

#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"

coco_handle_t memory_object(uint64_t length)
{
    int64_t made = coco_memory_create(length);
    return EXPECT_TRUE(made > 0) ? (coco_handle_t)made : COCO_HANDLE_NONE;
}

uint8_t *memory_show(coco_handle_t memory, uint64_t offset, uint64_t length, uint64_t flags)
{
    int64_t address = memory_map(memory, 0, offset, length, flags);
    return EXPECT_TRUE(address > 0) ? (uint8_t *)address : NULL;
}

struct coco_memory_info memory_state(coco_handle_t memory)
{
    struct coco_memory_info info = {0};
    EXPECT_OK(coco_memory_info(memory, &info));
    return info;
}
