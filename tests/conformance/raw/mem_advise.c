// SPDX-License-Identifier: MIT
// Tests of `mem_advise`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

static int64_t advise(const void *address, uint64_t length, uint64_t advice)
{
    return RAW(COCO_SYS_MEM_ADVISE, (uintptr_t)address, length, advice);
}

TEST(mem_advise, discarded_memory_reads_zero, RULE("mem_advise.1"))
{
    uint8_t *pages = memory_pages(200);
    REQUIRE_TRUE(pages != NULL);
    memset(pages, 7, 200 * PAGE);
    EXPECT_OK(advise(pages + PAGE, 198 * PAGE, COCO_ADVICE_DISCARD));
    EXPECT_TRUE(bytes_are(pages, 7, PAGE));
    EXPECT_TRUE(bytes_are(pages + PAGE, 0, 198 * PAGE));
    EXPECT_TRUE(bytes_are(pages + 199 * PAGE, 7, PAGE));
    EXPECT_OK(memory_unmap(pages, 200 * PAGE));
}

TEST(mem_advise, discarding_shows_the_file_again, RULE("mem_advise.1"))
{
    int64_t file = scratch_create(SCRATCH "/advised", "content", 7);
    REQUIRE_TRUE(file >= 0);
    int64_t own = memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    int64_t shared = memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE);
    int64_t memory = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS);
    REQUIRE_TRUE(own > 0 && shared > 0 && memory > 0);
    memcpy((void *)own, "private", 7);
    memcpy((void *)shared, "CONTENT", 7);
    memcpy((void *)memory, "memory", 6);
    EXPECT_OK(advise((const void *)own, PAGE, COCO_ADVICE_DISCARD));
    EXPECT_OK(advise((const void *)shared, PAGE, COCO_ADVICE_DISCARD));
    EXPECT_OK(advise((const void *)memory, PAGE, COCO_ADVICE_DISCARD));
    EXPECT_BYTES((const void *)own, "CONTENT", 7);
    EXPECT_BYTES((const void *)shared, "CONTENT", 7);
    EXPECT_BYTES((const void *)memory, "memory", 6);
    EXPECT_OK(memory_unmap((const void *)own, PAGE));
    EXPECT_OK(memory_unmap((const void *)shared, PAGE));
    EXPECT_OK(memory_unmap((const void *)memory, PAGE));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/advised"));
}

/* arch's accesses without fault handling would stop at a page that is not there. */
TEST(mem_advise, populated_pages_are_there, RULE("mem_advise.2"))
{
    uint8_t *pages = memory_pages(64);
    REQUIRE_TRUE(pages != NULL);
    EXPECT_OK(advise(pages, 64 * PAGE, COCO_ADVICE_POPULATE));
    EXPECT_TRUE(bytes_are(pages, 0, 64 * PAGE));
    EXPECT_OK(memory_protect(pages, PAGE, 0));
    EXPECT_OK(advise(pages, 2 * PAGE, COCO_ADVICE_POPULATE));
    EXPECT_OK(memory_unmap(pages, 64 * PAGE));
}

TEST(mem_advise, all_must_be_mapped, RULE("mem_advise.3"), RULE("mem_advise.ENOMEM"))
{
    uint8_t *pages = memory_pages(3);
    REQUIRE_TRUE(pages != NULL);
    EXPECT_OK(memory_unmap(pages + PAGE, PAGE));
    EXPECT_ERROR(advise(pages, 3 * PAGE, COCO_ADVICE_DISCARD), NOMEM);
    EXPECT_ERROR(advise(pages, 3 * PAGE, COCO_ADVICE_POPULATE), NOMEM);
    EXPECT_OK(memory_unmap(pages, 3 * PAGE));
    int64_t file = scratch_create(SCRATCH "/advised", "x", 1);
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, 2 * PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(address > 0);
    EXPECT_OK(advise((const void *)address, 1, COCO_ADVICE_POPULATE));
    EXPECT_ERROR(advise((const void *)address, 2 * PAGE, COCO_ADVICE_POPULATE), NOMEM);
    EXPECT_OK(memory_unmap((const void *)address, 2 * PAGE));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/advised"));
}

TEST(mem_advise, arguments, RULE("mem_advise.4"), RULE("mem_advise.5"), RULE("mem_advise.EINVAL"))
{
    uint8_t *page = memory_pages(1);
    REQUIRE_TRUE(page != NULL);
    page[0] = 1;
    EXPECT_ERROR(advise(page + 1, PAGE, COCO_ADVICE_DISCARD), INVAL);
    EXPECT_ERROR(advise(page + 1, PAGE, COCO_ADVICE_POPULATE), INVAL);
    EXPECT_ERROR(advise(page, PAGE, 4), INVAL);
    EXPECT_ERROR(advise(page, UINT64_MAX, COCO_ADVICE_DISCARD), INVAL);
    EXPECT_OK(advise(page, 0, COCO_ADVICE_DISCARD));
    EXPECT_EQ(page[0], 1);
    EXPECT_OK(advise(page, 1, COCO_ADVICE_DISCARD));
    EXPECT_EQ(page[0], 0);
    EXPECT_OK(memory_unmap(page, PAGE));
}

TEST(mem_advise, none_only_checks, RULE("mem_advise.6"))
{
    uint8_t *pages = memory_pages(4);
    REQUIRE_TRUE(pages != NULL);
    memset(pages, 7, 4 * PAGE);
    EXPECT_OK(memory_protect(pages + PAGE, PAGE, 0)); /* three ranges now */
    EXPECT_OK(advise(pages, 4 * PAGE, COCO_ADVICE_NONE));
    EXPECT_TRUE(bytes_are(pages, 7, PAGE));
    EXPECT_OK(memory_unmap(pages + 2 * PAGE, PAGE));
    EXPECT_OK(advise(pages, 2 * PAGE, COCO_ADVICE_NONE));
    EXPECT_ERROR(advise(pages, 4 * PAGE, COCO_ADVICE_NONE), NOMEM);
    EXPECT_ERROR(advise(pages + 1, PAGE, COCO_ADVICE_NONE), INVAL);
    EXPECT_OK(memory_unmap(pages, 4 * PAGE));
}

/* Nothing is brought in where there is no access: a large reservation costs no time. */
TEST(mem_advise, populating_passes_over_reservations, RULE("mem_advise.2"))
{
    uint64_t len = 1ull << 40;
    int64_t address =
        memory_map(COCO_HANDLE_NONE, 0, 0, len, COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    EXPECT_OK(advise((const void *)address, len, COCO_ADVICE_POPULATE));
    EXPECT_OK(memory_unmap((const void *)address, len));
}

TEST(mem_advise, populating_what_is_mapped, RULE("mem_advise.7"))
{
    uint8_t *pages = memory_pages(4);
    int64_t file = scratch_create(SCRATCH "/advised", "x", 1);
    REQUIRE_TRUE(pages != NULL && file >= 0);
    int64_t beyond = memory_map((uint64_t)file, 0, 0, 3 * PAGE, READ_WRITE);
    REQUIRE_TRUE(beyond > 0);
    EXPECT_OK(memory_unmap(pages + PAGE, PAGE));
    EXPECT_OK(advise(pages, 4 * PAGE, COCO_ADVICE_POPULATE_MAPPED));
    EXPECT_OK(advise((const void *)beyond, 3 * PAGE, COCO_ADVICE_POPULATE_MAPPED));
    EXPECT_OK(advise(NULL, COCO_USER_END, COCO_ADVICE_POPULATE_MAPPED));
    EXPECT_ERROR(advise(pages + 1, PAGE, COCO_ADVICE_POPULATE_MAPPED), INVAL);
    EXPECT_EQ(pages[3 * PAGE], 0);
    EXPECT_OK(memory_unmap((const void *)beyond, 3 * PAGE));
    EXPECT_OK(memory_unmap(pages, 4 * PAGE));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/advised"));
}
