// SPDX-License-Identifier: MIT
// Tests of `file_lock_query`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "fork.h"
#include "locks.h"
#include "scratch.h"

TEST(file_lock_query, finds_the_first, RULE("file_lock_query.1"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    struct coco_file_lock lock = {
        .start = 7, .length = 9, .kind = COCO_LOCK_SHARED, .owner = COCO_LOCK_DESCRIPTION};
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 40, 0));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 10, 5));
    EXPECT_OK(coco_file_lock_query(pair.other, &lock)); /* shared ones agree */
    EXPECT_TRUE(lock.start == 7 && lock.length == 9 && lock.kind == COCO_LOCK_NONE &&
                lock.process == 0);
    locks_expect(pair.other, 0, COCO_LOCK_SHARED, 10, 5);
    locks_expect(pair.other, 15, COCO_LOCK_EXCLUSIVE, 40, 0);
    locks_expect(pair.one, 0, COCO_LOCK_NONE, 0, 0); /* one's own are not in the way */
    locks_end(&pair);
}

static uint32_t look_in_copy(void *file)
{
    struct coco_file_lock lock = {.kind = COCO_LOCK_EXCLUSIVE, .owner = COCO_LOCK_PROCESS};
    if (coco_file_lock_query(*(coco_handle_t *)file, &lock) != 0) {
        return 1;
    }
    return lock.kind == COCO_LOCK_SHARED && lock.start == 3 && lock.length == 1 &&
                   lock.process == (uint64_t)coco_process_parent_id()
               ? 0
               : 2;
}

TEST(file_lock_query, tells_the_process, RULE("file_lock_query.1"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    struct coco_file_lock lock = {
        .start = 3, .length = 1, .kind = COCO_LOCK_SHARED, .owner = COCO_LOCK_PROCESS};
    EXPECT_OK(coco_file_lock(pair.one, &lock, 0));
    EXPECT_EQ(fork_run(look_in_copy, &pair.one), 0);
    locks_end(&pair);
}

TEST(file_lock_query, refusals, RULE("file_lock_query.2"), RULE("file_lock_query.EINVAL"),
     RULE("file_lock_query.ENOTSUPP"))
{
    struct coco_file_lock lock = {.kind = COCO_LOCK_NONE};
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    EXPECT_ERROR(coco_file_lock_query(pair.one, &lock), INVAL);
    lock = (struct coco_file_lock){.kind = COCO_LOCK_SHARED, .start = 1ull << 63};
    EXPECT_ERROR(coco_file_lock_query(pair.one, &lock), INVAL);
    locks_end(&pair);
    EXPECT_OK(scratch_file("/raw/rights", "abc", 3));
    int64_t reads = coco_file_open("/raw/rights", COCO_FILE_READ, 0);
    int64_t dir = coco_file_open("/raw", COCO_FILE_READ, 0);
    REQUIRE_TRUE(reads > 0 && dir > 0);
    lock = (struct coco_file_lock){.kind = COCO_LOCK_EXCLUSIVE};
    EXPECT_OK(coco_file_lock_query((coco_handle_t)reads, &lock)); /* no right to write */
    EXPECT_EQ(lock.kind, COCO_LOCK_NONE);
    lock = (struct coco_file_lock){.kind = COCO_LOCK_EXCLUSIVE};
    EXPECT_ERROR(coco_file_lock_query((coco_handle_t)dir, &lock), NOTSUPP);
    EXPECT_OK(coco_close((coco_handle_t)reads));
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_unlink("/raw/rights"));
}
