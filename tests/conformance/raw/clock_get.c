// SPDX-License-Identifier: MIT
// Tests of `clock_get`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#define YEAR_2020 1577836800000000000ll
#define YEAR_2200 7258118400000000000ll
#define ONE_DAY 86400000000000ll

TEST(clock_get, unknown_clock, RULE("clock_get.1"), RULE("clock_get.ENOTFOUND"))
{
    EXPECT_ERROR(coco_clock_get(4), NOTFOUND);
    EXPECT_ERROR(coco_clock_get(1000), NOTFOUND);
    EXPECT_ERROR(coco_clock_get(UINT32_MAX), NOTFOUND);
}

TEST(clock_get, monotonic_never_goes_back, RULE("clock_get.2"))
{
    int64_t last = coco_clock_get(COCO_CLOCK_MONOTONIC);
    EXPECT_TRUE(last > 0 && last < ONE_DAY);
    for (int i = 0; i < 5000; i++) {
        int64_t now = coco_clock_get(COCO_CLOCK_MONOTONIC);
        REQUIRE_TRUE(now >= last);
        last = now;
        if (i % 50 == 0) {
            (void)coco_thread_yield();
        }
    }
}

TEST(clock_get, realtime_is_a_date, RULE("clock_get.2"))
{
    int64_t begin = coco_clock_get(COCO_CLOCK_MONOTONIC);
    int64_t real = coco_clock_get(COCO_CLOCK_REALTIME);
    EXPECT_TRUE(real > YEAR_2020 && real < YEAR_2200);
    int64_t mono = coco_clock_get(COCO_CLOCK_MONOTONIC);
    (void)coco_sleep_until((uint64_t)mono + 20 * MILLISECONDS);
    int64_t real_step = coco_clock_get(COCO_CLOCK_REALTIME) - real;
    EXPECT_TRUE(real_step >= (int64_t)(19 * MILLISECONDS));
    EXPECT_TRUE(real_step <= coco_clock_get(COCO_CLOCK_MONOTONIC) - begin + (int64_t)MILLISECONDS);
}

static void compute(int64_t until_cpu_ns)
{
    while (coco_clock_get(COCO_CLOCK_THREAD) < until_cpu_ns) {
        for (volatile int i = 0; i < 1000; i++) {
        }
    }
}

/* What a sleep of 100 ms takes of the thread's own time; the least of several: where the machine is
   held up while the thread runs, that counts. */
static int64_t time_of_sleep(void)
{
    int64_t least = (int64_t)SECONDS;
    for (int i = 0; i < 20 && least >= (int64_t)(50 * MILLISECONDS); i++) {
        int64_t before = coco_clock_get(COCO_CLOCK_THREAD);
        (void)coco_sleep_until(deadline_after(100 * MILLISECONDS));
        int64_t used = coco_clock_get(COCO_CLOCK_THREAD) - before;
        least = used < least ? used : least;
    }
    return least;
}

/* Computing counts, sleeping does not. */
TEST(clock_get, processor_time, RULE("clock_get.3"))
{
    int64_t process_start_ns = coco_clock_get(COCO_CLOCK_PROCESS);
    int64_t thread_start_ns = coco_clock_get(COCO_CLOCK_THREAD);
    REQUIRE_TRUE(thread_start_ns >= 0 && process_start_ns >= 0);
    compute(thread_start_ns + (int64_t)(20 * MILLISECONDS));
    int64_t thread_ns = coco_clock_get(COCO_CLOCK_THREAD) - thread_start_ns;
    int64_t process_ns = coco_clock_get(COCO_CLOCK_PROCESS) - process_start_ns;
    EXPECT_TRUE(thread_ns >= (int64_t)(20 * MILLISECONDS));
    EXPECT_TRUE(process_ns >= (int64_t)(20 * MILLISECONDS));
    EXPECT_TRUE(time_of_sleep() < (int64_t)(50 * MILLISECONDS));
}

static void compute_in_thread(void *unused)
{
    (void)unused;
    compute((int64_t)(20 * MILLISECONDS));
}

TEST(clock_get, process_time_is_of_all_threads, RULE("clock_get.3"))
{
    struct thread thread;
    int64_t process_start_ns = coco_clock_get(COCO_CLOCK_PROCESS);
    int64_t own_start_ns = coco_clock_get(COCO_CLOCK_THREAD);
    REQUIRE_OK(thread_start(&thread, compute_in_thread, NULL));
    EXPECT_OK(thread_join(&thread));
    int64_t own_ns = coco_clock_get(COCO_CLOCK_THREAD) - own_start_ns;
    int64_t process_ns = coco_clock_get(COCO_CLOCK_PROCESS) - process_start_ns;
    EXPECT_TRUE(process_ns >= own_ns + (int64_t)(20 * MILLISECONDS));
}
