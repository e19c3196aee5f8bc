// SPDX-License-Identifier: MIT
// Tests of `futex_wake`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"
#include "turns.h"

#define WAITERS 5u

static uint32_t word;
static uint32_t order[WAITERS];
static uint32_t woken;

static void wait_in_line(void *number)
{
    int64_t result = coco_futex_wait(&word, 0, deadline_after(60 * SECONDS));
    EXPECT_OK(result);
    uint32_t place = __atomic_fetch_add(&woken, 1, __ATOMIC_ACQ_REL);
    order[place] = (uint32_t)(uintptr_t)number;
}

static void wait_until_woken(uint32_t count)
{
    uint64_t limit = deadline_after(60 * SECONDS);
    while (__atomic_load_n(&woken, __ATOMIC_ACQUIRE) < count && deadline_after(0) < limit) {
        (void)coco_thread_yield();
    }
}

/* One after the other: each is in line before the next comes. */
TEST(futex_wake, longest_waiting_first, RULE("futex_wake.1"))
{
    struct thread threads[WAITERS];
    woken = 0;
    turns_begin();
    for (uint64_t i = 0; i < WAITERS; i++) {
        REQUIRE_OK(thread_start(&threads[i], wait_in_line, (void *)i));
        turns_pass();
    }
    for (uint32_t i = 0; i < WAITERS; i++) {
        EXPECT_EQ(coco_futex_wake(&word, 1), 1);
        wait_until_woken(i + 1);
        EXPECT_EQ(__atomic_load_n(&woken, __ATOMIC_ACQUIRE), i + 1);
        EXPECT_EQ(order[i], i);
    }
    for (size_t i = 0; i < WAITERS; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    turns_end();
}

TEST(futex_wake, at_most_count, RULE("futex_wake.1"))
{
    struct thread threads[WAITERS];
    woken = 0;
    turns_begin();
    for (uint64_t i = 0; i < WAITERS; i++) {
        REQUIRE_OK(thread_start(&threads[i], wait_in_line, (void *)i));
    }
    turns_pass();
    EXPECT_EQ(coco_futex_wake(&word, 0), 0);
    EXPECT_EQ(coco_futex_wake(&word, 2), 2);
    turns_end(); /* those that wait stay where they are */
    wait_until_woken(2);
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    EXPECT_EQ(__atomic_load_n(&woken, __ATOMIC_ACQUIRE), 2);
    EXPECT_EQ(coco_futex_wake(&word, UINT32_MAX), WAITERS - 2);
    for (size_t i = 0; i < WAITERS; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_EQ(coco_futex_wake(&word, UINT32_MAX), 0);
}

TEST(futex_wake, address_must_be_aligned, RULE("futex_wake.2"), RULE("futex_wake.EINVAL"))
{
    uint64_t at = (uintptr_t)&word;
    for (uint64_t i = 1; i < 4; i++) {
        EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAKE, at + i, 1), INVAL);
    }
    EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAKE, OUTSIDE_ADDRESS, 1), INVAL);
}
