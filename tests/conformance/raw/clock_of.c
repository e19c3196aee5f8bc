// SPDX-License-Identifier: MIT
// Tests of `clock_of`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "timers.h"

static uint64_t worker_id; /* atomic */
static uint32_t stop;

static void work(void *unused)
{
    (void)unused;
    timers_compute(20 * MILLISECONDS);
    __atomic_store_n(&worker_id, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    while (__atomic_load_n(&stop, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
}

TEST(clock_of, threads, RULE("clock_of.1"), RULE("clock_of.2"), RULE("clock_of.ESRCH"))
{
    struct thread thread;
    worker_id = 0;
    stop = 0;
    REQUIRE_OK(thread_start(&thread, work, NULL));
    uint64_t id;
    while ((id = __atomic_load_n(&worker_id, __ATOMIC_ACQUIRE)) == 0) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    EXPECT_TRUE(coco_clock_of(COCO_CLOCK_THREAD, id) >= (int64_t)(20 * MILLISECONDS));
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    EXPECT_OK(thread_join(&thread));
    EXPECT_ERROR(coco_clock_of(COCO_CLOCK_THREAD, id), SRCH);
}

TEST(clock_of, itself, RULE("clock_of.1"))
{
    const uint32_t clocks[] = {COCO_CLOCK_THREAD, COCO_CLOCK_PROCESS};
    const uint64_t ids[] = {(uint64_t)coco_thread_id(), (uint64_t)coco_process_id()};
    for (size_t i = 0; i < 2; i++) {
        int64_t first = coco_clock_get(clocks[i]);
        int64_t second = coco_clock_of(clocks[i], 0);
        int64_t third = coco_clock_of(clocks[i], ids[i]);
        EXPECT_TRUE(first >= 0 && second >= first && third >= second);
    }
}

TEST(clock_of, other_clocks, RULE("clock_of.1"), RULE("clock_of.EINVAL"))
{
    EXPECT_ERROR(coco_clock_of(COCO_CLOCK_REALTIME, 0), INVAL);
    EXPECT_ERROR(coco_clock_of(COCO_CLOCK_MONOTONIC, 0), INVAL);
    EXPECT_ERROR(coco_clock_of(4, 0), INVAL);
    EXPECT_ERROR(coco_clock_of(UINT32_MAX, 0), INVAL);
}

TEST(clock_of, processes, RULE("clock_of.1"), RULE("clock_of.2"))
{
    struct coco_exit_status status;
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "20000"}});
    REQUIRE_TRUE(process > 0);
    uint64_t id = (uint64_t)coco_process_handle_id((coco_handle_t)process);
    EXPECT_TRUE(coco_clock_of(COCO_CLOCK_PROCESS, id) >= 0);
    EXPECT_TRUE(coco_clock_of(COCO_CLOCK_PROCESS, id) < (int64_t)(20 * SECONDS));
    EXPECT_OK(coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL));
    REQUIRE(child_wait(process, &status));
    EXPECT_ERROR(coco_clock_of(COCO_CLOCK_PROCESS, id), SRCH);
    EXPECT_ERROR(coco_clock_of(COCO_CLOCK_PROCESS, UINT64_MAX), SRCH);
}

/* A child in a session of its own may not signal who started it. */
TEST(clock_of, who_may, RULE("clock_of.3"), RULE("clock_of.EPERM"))
{
    char number[24];
    int64_t result = 0;
    print_to(number, sizeof(number), "%u", (unsigned)coco_process_id());
    const struct child child = {.arguments = {"clock_of", number}};
    REQUIRE(child_answer(&child, &result, sizeof(result)));
    EXPECT_ERROR(result, PERM);
}
