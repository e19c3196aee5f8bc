// SPDX-License-Identifier: MIT
// Tests of `process_spawn_confined`: budgets of processor time. Shares are measured as processor
// time over time of the clock, in a machine whose clock counts instructions (`--virtual-time`): in
// any other, a busy host takes from both as it likes.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"

#define PERIOD_US 20000u
/* Thousandths: one of the five budgets may be used in part behind the end of the measure. */
#define SLACK 40u
#define MEASURE (5 * PERIOD_US * 1000) /* ns */

static const struct coco_call_set all[] = {
    {0, 0, UINT64_MAX},          {1, 0, UINT64_MAX},          {0x80000001, 0, UINT64_MAX},
    {0x80000003, 0, UINT64_MAX}, {0x80000006, 0, UINT64_MAX}, {0x80000007, 0, UINT64_MAX},
};

static struct coco_policy policy(uint64_t budget)
{
    struct coco_policy policy = child_policy(all, sizeof(all) / sizeof(all[0]));
    policy.cpu_budget = budget;
    policy.cpu_period = budget == 0 ? 0 : PERIOD_US;
    return policy;
}

static int64_t start(const char *behaviour, const struct coco_policy *under)
{
    const struct child child = {.arguments = {behaviour}};
    return child_spawn_confined(&child, under);
}

/* Processor time of a process, and of what it makes if `heirs` is its last one's id. */
static uint64_t used_by(int64_t process)
{
    int64_t time =
        coco_clock_of(COCO_CLOCK_PROCESS, (uint64_t)coco_process_handle_id((coco_handle_t)process));
    return time < 0 ? 0 : (uint64_t)time;
}

/* The share of one processor, in thousandths, that a child takes. */
static uint64_t share_of(const char *behaviour, uint64_t budget)
{
    struct coco_exit_status status;
    const struct coco_policy under = policy(budget);
    int64_t process = start(behaviour, &under);
    if (process < 0) {
        EXPECT_OK(process);
        return 0;
    }
    (void)coco_sleep_until(deadline_after(50 * MILLISECONDS)); // it is up and has spent its first
    uint64_t begin = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    uint64_t used = used_by(process);
    (void)coco_sleep_until(begin + MEASURE);
    used = used_by(process) - used;
    uint64_t time = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) - begin;
    EXPECT_OK(
        coco_process_kill((coco_handle_t)process, 9)); // also ends one that waits for a period
    (void)child_wait(process, &status);
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    return used * 1000 / time;
}

/* Expects a share in thousandths. */
static void expect_share(const char *what, uint64_t share, uint64_t meant)
{
    if (share + SLACK < meant || share > meant + SLACK) {
        test_fail(__FILE_NAME__, __LINE__, "%s: share %lu, %lu is meant", what, share, meant);
    }
}

static void takes(const char *behaviour, uint64_t budget, uint64_t meant)
{
    expect_share(behaviour, share_of(behaviour, budget), meant);
}

TEST(process_spawn_confined, processor_time, RULE("process_spawn_confined.14"))
{
    takes("spin", PERIOD_US / 5, 200);
    takes("spin_in_calls", PERIOD_US / 5, 200);   // the kernel's time counts, too
    takes("spin_in_threads", PERIOD_US / 5, 200); // all threads together
    takes("spin", PERIOD_US * 9 / 10, 900);
    takes("spin", 0, 1000);
}

/* Children are in the budget, and one that is given more does not get it. */
TEST(process_spawn_confined, processor_time_of_heirs, RULE("process_spawn_confined.14"))
{
    struct coco_exit_status status = {0};
    const struct coco_policy under = policy(PERIOD_US / 5);
    int64_t process = start("spin_in_heirs", &under);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    expect_share("spin_in_heirs", status.code, 200);
}

/* All threads have their turns: one that spins does not take each period's time before the others.
 */
TEST(process_spawn_confined, processor_time_in_turns, RULE("process_spawn_confined.14"))
{
    struct coco_exit_status status = {0};
    const struct coco_policy under = policy(PERIOD_US / 5);
    int64_t process = start("sleep_beside_spinners", &under);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
}

/* Somebody else is not held up: it gets all that the other one leaves. */
static uint64_t share_beside(const struct coco_policy *under)
{
    struct coco_exit_status status;
    int64_t process = start("spin_in_threads", under);
    if (process < 0) {
        EXPECT_OK(process);
        return 0;
    }
    (void)coco_sleep_until(deadline_after(50 * MILLISECONDS));
    uint64_t begin = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    uint64_t used = (uint64_t)coco_clock_get(COCO_CLOCK_THREAD);
    while ((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) - begin < MEASURE) {
    }
    used = (uint64_t)coco_clock_get(COCO_CLOCK_THREAD) - used;
    uint64_t time = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) - begin;
    EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
    (void)child_wait(process, &status);
    return used * 1000 / time;
}

TEST(process_spawn_confined, processor_time_of_others, RULE("process_spawn_confined.14"))
{
    const struct coco_policy under = policy(PERIOD_US / 10);
    uint64_t share = share_beside(&under); // all of a processor, where the other one is elsewhere
    EXPECT_TRUE(share >= 900 - SLACK && share <= 1000 + SLACK);
}

TEST(process_spawn_confined, periods, RULE("process_spawn_confined.15"))
{
    const uint64_t processors = (uint64_t)coco_query(COCO_QUERY_CPU_COUNT);
    const struct {
        uint64_t budget;
        uint64_t period;
    } bad[] = {
        {0, PERIOD_US},
        {COCO_CPU_BUDGET_MIN, 0},
        {COCO_CPU_BUDGET_MIN - 1, PERIOD_US},
        {COCO_CPU_BUDGET_MIN, COCO_CPU_PERIOD_MIN - 1},
        {PERIOD_US, COCO_CPU_PERIOD_MAX + 1},
        {PERIOD_US * processors + 1, PERIOD_US},
        {UINT64_MAX, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct coco_policy under = policy(PERIOD_US);
        under.cpu_budget = bad[i].budget;
        under.cpu_period = bad[i].period;
        EXPECT_ERROR(start("spin", &under), INVAL);
    }
}
