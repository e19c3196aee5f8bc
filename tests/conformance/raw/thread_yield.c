// SPDX-License-Identifier: MIT
// Tests of `thread_yield`, and of the scheduler's fairness.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#define TURNS 1000u

struct pair {
    uint32_t turn; /* whose turn it is: 0 or 1 */
    uint32_t count;
};

static void take_turns(struct pair *pair, uint32_t mine)
{
    for (uint32_t i = 0; i < TURNS; i++) {
        while (__atomic_load_n(&pair->turn, __ATOMIC_ACQUIRE) != mine) {
            EXPECT_OK(coco_thread_yield());
        }
        pair->count++;
        __atomic_store_n(&pair->turn, 1 - mine, __ATOMIC_RELEASE);
    }
}

static void second(void *pair)
{
    take_turns(pair, 1);
}

TEST(thread_yield, lets_others_run, RULE("thread_yield.1"))
{
    struct thread thread;
    struct pair pair = {0};
    REQUIRE_OK(thread_start(&thread, second, &pair));
    take_turns(&pair, 0);
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(pair.count, 2 * TURNS);
}

static void count_up(void *argument)
{
    volatile uint32_t *words = argument;
    while (words[0] == 0) {
        words[1]++;
    }
}

/* Threads that never call the kernel do not keep each other from running, on any number of CPUs. */
TEST(thread_yield, computing_threads_share, RULE("thread_yield.1"))
{
    enum { COUNT = 6 };
    static uint32_t words[COUNT][16];
    struct thread threads[COUNT];
    memset(words, 0, sizeof(words));
    for (size_t i = 0; i < COUNT; i++) {
        REQUIRE_OK(thread_start(&threads[i], count_up, words[i]));
    }
    (void)coco_sleep_until(deadline_after(300 * MILLISECONDS));
    uint64_t limit = deadline_after(60 * SECONDS); /* a CPU may be held up */
    for (size_t i = 0; i < COUNT; i++) {
        while (*(volatile uint32_t *)&words[i][1] == 0 && deadline_after(0) < limit) {
            (void)coco_sleep_until(deadline_after(10 * MILLISECONDS));
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        EXPECT_TRUE(*(volatile uint32_t *)&words[i][1] > 0);
        *(volatile uint32_t *)&words[i][0] = 1;
    }
    for (size_t i = 0; i < COUNT; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
}
