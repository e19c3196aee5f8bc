// SPDX-License-Identifier: MIT
// Tests of `futex_wait`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"

static uint32_t word;

TEST(futex_wait, other_value_is_again, RULE("futex_wait.1"), RULE("futex_wait.EAGAIN"))
{
    word = 5;
    EXPECT_ERROR(coco_futex_wait(&word, 4, COCO_FOREVER), AGAIN);
    EXPECT_ERROR(coco_futex_wait(&word, 0, 0), AGAIN);
}

TEST(futex_wait, deadline, RULE("futex_wait.3"), RULE("futex_wait.ETIMEDOUT"))
{
    word = 5;
    EXPECT_ERROR(coco_futex_wait(&word, 5, 0), TIMEDOUT);
    EXPECT_ERROR(coco_futex_wait(&word, 5, 1), TIMEDOUT);
    uint64_t deadline = deadline_after(15 * MILLISECONDS);
    EXPECT_ERROR(coco_futex_wait(&word, 5, deadline), TIMEDOUT);
    uint64_t now = deadline_after(0);
    EXPECT_TRUE(now >= deadline && now < deadline + 60 * SECONDS);
}

TEST(futex_wait, address_must_be_aligned, RULE("futex_wait.4"), RULE("futex_wait.EINVAL"))
{
    uint64_t at = (uintptr_t)&word;
    for (uint64_t i = 1; i < 4; i++) {
        EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAIT, at + i, 0, 0), INVAL);
    }
    EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAIT, OUTSIDE_ADDRESS, 0, 0), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAIT, KERNEL_ADDRESS, 0, 0), INVAL);
}

TEST(futex_wait, unmapped_is_fault, RULE("futex_wait.EFAULT"))
{
    EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAIT, UNMAPPED_ADDRESS, 0, 0), FAULT);
    uint8_t *page = memory_pages(1);
    REQUIRE_TRUE(page != NULL);
    /* Never touched: reads as zero. */
    EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAIT, (uintptr_t)page, 0, 0), TIMEDOUT);
    EXPECT_OK(memory_protect(page, PAGE, 0));
    EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAIT, (uintptr_t)page, 0, 0), FAULT);
    EXPECT_OK(memory_unmap(page, PAGE));
    EXPECT_ERROR(RAW(COCO_SYS_FUTEX_WAIT, (uintptr_t)page, 0, 0), FAULT);
}

#define ROUNDS 3000u

struct mutex_test {
    uint32_t lock; /* 0 free, 1 held, 2 held with waiters */
    uint32_t value;
};

/* The classic mutex of three states: it hangs when a wake-up is lost. */
static void add_locked(void *argument)
{
    struct mutex_test *test = argument;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t expected = 0;
        if (!__atomic_compare_exchange_n(&test->lock, &expected, 1, false, __ATOMIC_ACQUIRE,
                                         __ATOMIC_RELAXED)) {
            while (__atomic_exchange_n(&test->lock, 2, __ATOMIC_ACQUIRE) != 0) {
                int64_t result = coco_futex_wait(&test->lock, 2, deadline_after(60 * SECONDS));
                if (result != 0 && result != COCO_EAGAIN) {
                    EXPECT_OK(result);
                    return;
                }
            }
        }
        uint32_t value = test->value;
        if (i % 64 == 0) {
            (void)coco_thread_yield();
        }
        test->value = value + 1;
        if (__atomic_exchange_n(&test->lock, 0, __ATOMIC_RELEASE) == 2) {
            (void)coco_futex_wake(&test->lock, 1);
        }
    }
}

TEST(futex_wait, no_wake_up_is_lost, RULE("futex_wait.2"))
{
    struct mutex_test test = {0};
    struct thread threads[4];
    for (size_t i = 0; i < 4; i++) {
        REQUIRE_OK(thread_start(&threads[i], add_locked, &test));
    }
    for (size_t i = 0; i < 4; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_EQ(test.value, 4 * ROUNDS);
}
