// SPDX-License-Identifier: MIT
// Tests of `memory_seal`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "fork.h"
#include "memory.h"
#include "memory_objects.h"

TEST(memory_seal, added_and_kept, RULE("memory_seal.1"))
{
    coco_handle_t memory = memory_object(PAGE);
    EXPECT_EQ(coco_memory_seal(memory, 0), 0);
    EXPECT_EQ(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE), 0);
    EXPECT_EQ(coco_memory_seal(memory, COCO_MEMORY_SEAL_RESIZE), COCO_MEMORY_SEAL_WRITE);
    EXPECT_EQ(coco_memory_seal(memory, 0), COCO_MEMORY_SEAL_WRITE | COCO_MEMORY_SEAL_RESIZE);
    EXPECT_EQ(memory_state(memory).seals, COCO_MEMORY_SEAL_WRITE | COCO_MEMORY_SEAL_RESIZE);
    EXPECT_OK(coco_close(memory));
}

TEST(memory_seal, no_stores, RULE("memory_seal.2"), RULE("memory_seal.EBUSY"))
{
    coco_handle_t memory = memory_object(PAGE);
    uint8_t *stores = memory_show(memory, 0, PAGE, READ_WRITE);
    uint8_t *own = memory_show(memory, 0, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    const uint8_t *plain = memory_show(memory, 0, PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(stores != NULL && own != NULL && plain != NULL);
    EXPECT_ERROR(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE), BUSY);
    /* It could become writable again. */
    EXPECT_OK(memory_protect(stores, PAGE, COCO_MMAP_READ));
    EXPECT_ERROR(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE | COCO_MEMORY_SEAL_RESIZE), BUSY);
    EXPECT_EQ(coco_memory_seal(memory, 0), 0);
    EXPECT_OK(memory_unmap(stores, PAGE));
    EXPECT_OK(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE));
    EXPECT_ERROR(memory_map(memory, 0, 0, PAGE, READ_WRITE), PERM);
    own[0] = 1;
    EXPECT_EQ(plain[0], 0);
    EXPECT_OK(memory_unmap(own, PAGE));
    EXPECT_OK(memory_unmap(plain, PAGE));
    EXPECT_OK(coco_close(memory));
}

static uint32_t until_stored(void *byte)
{
    while (__atomic_load_n((uint8_t *)byte, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    return 0;
}

/* A copy of the process has its writers, too. */
TEST(memory_seal, a_copy_that_can_store, RULE("memory_seal.2"))
{
    coco_handle_t memory = memory_object(PAGE);
    uint8_t *stores = memory_show(memory, 0, PAGE, READ_WRITE);
    REQUIRE_TRUE(stores != NULL);
    int64_t child = fork_child(until_stored, stores);
    REQUIRE_TRUE(child > 0);
    EXPECT_EQ(memory_state(memory).mappings, 2);
    /* The parent's own mapping goes; the child's still stores. */
    uint8_t *again = memory_show(memory, 0, PAGE, READ_WRITE);
    EXPECT_OK(memory_unmap(stores, PAGE));
    EXPECT_ERROR(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE), BUSY);
    again[0] = 1;
    EXPECT_OK(memory_unmap(again, PAGE));
    struct coco_exit_status status;
    EXPECT_OK(coco_process_wait((coco_handle_t)child, COCO_FOREVER, &status));
    EXPECT_OK(coco_close((coco_handle_t)child));
    EXPECT_OK(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE));
    EXPECT_OK(coco_close(memory));
}

TEST(memory_seal, no_more_seals, RULE("memory_seal.3"), RULE("memory_seal.EPERM"))
{
    coco_handle_t memory = memory_object(PAGE);
    EXPECT_OK(coco_memory_seal(memory, COCO_MEMORY_SEAL_RESIZE | COCO_MEMORY_SEAL_SEAL));
    EXPECT_ERROR(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE), PERM);
    EXPECT_EQ(coco_memory_seal(memory, COCO_MEMORY_SEAL_RESIZE),
              COCO_MEMORY_SEAL_RESIZE | COCO_MEMORY_SEAL_SEAL);
    EXPECT_EQ(memory_state(memory).seals, COCO_MEMORY_SEAL_RESIZE | COCO_MEMORY_SEAL_SEAL);
    EXPECT_OK(coco_close(memory));
}
