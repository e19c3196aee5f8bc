// SPDX-License-Identifier: MIT
// Mapping helpers of the raw tests.
#include "memory.h"

#include <coconut/coconut.h>
#include <harness/test.h>

#include "scratch.h"

int64_t memory_map(uint64_t object, uint64_t hint, uint64_t offset, uint64_t length, uint64_t flags)
{
    return RAW(COCO_SYS_MMAP, object, hint, offset, length, flags);
}

uint8_t *memory_pages(size_t count)
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, count * PAGE, READ_WRITE | ANONYMOUS);
    if (!EXPECT_TRUE(address > 0)) {
        return NULL;
    }
    return (uint8_t *)address;
}

int64_t memory_unmap(const void *address, uint64_t length)
{
    return RAW(COCO_SYS_MUNMAP, (uintptr_t)address, length);
}

int64_t memory_protect(const void *address, uint64_t length, uint64_t flags)
{
    return RAW(COCO_SYS_MEM_PROTECT, (uintptr_t)address, length, flags);
}

/* The page behind stays reserved in the sense that nobody maps it in between: tests that use an
   edge start no mapping before they free it. */
uint8_t *memory_edge(size_t count)
{
    uint8_t *pages = memory_pages(count + 1);
    if (pages == NULL) {
        return NULL;
    }
    if (!EXPECT_OK(memory_unmap(pages + count * PAGE, PAGE))) {
        return NULL;
    }
    return pages + count * PAGE;
}

void memory_edge_free(uint8_t *edge, size_t count)
{
    EXPECT_OK(memory_unmap(edge - count * PAGE, count * PAGE));
}

bool memory_writable(const void *address)
{
    int64_t result = RAW(COCO_SYS_RANDOM, (uintptr_t)address, 1);
    EXPECT_TRUE(result == 0 || result == COCO_EFAULT);
    return result == 0;
}

bool memory_readable(const void *address)
{
    int64_t handle = scratch_create(SCRATCH "/readable", NULL, 0);
    int64_t result = RAW(COCO_SYS_WRITE, handle, (uintptr_t)address, 1);
    EXPECT_TRUE(result == 1 || result == COCO_EFAULT);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    EXPECT_OK(coco_unlink(SCRATCH "/readable"));
    return result == 1;
}
