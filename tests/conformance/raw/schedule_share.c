// SPDX-License-Identifier: MIT
// Shares of processor time between real-time threads and others, of `schedule_set`. These say
// something only where the machine itself gets the time that its clock shows: they run in virtual
// time.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "timers.h"

static int64_t set(uint64_t thread, uint32_t policy, uint32_t priority)
{
    const struct coco_schedule schedule = {.policy = policy, .priority = priority};
    return coco_schedule_set(0, thread, COCO_SCHEDULE_SET_POLICY, &schedule);
}

/* Real-time threads that compute for ever, one a CPU and one more: others still run, and end them.
 */
static uint32_t spin_for_ever(void *shared)
{
    volatile uint64_t *counter = shared;
    for (int i = 0; i < 4; i++) {
        if (set(0, COCO_SCHEDULE_FIFO, COCO_SCHEDULE_PRIORITY_MAX) != 0) {
            return 1;
        }
    }
    for (;;) {
        *counter = *counter + 1;
    }
}

TEST(schedule_set, others_run_all_the_same, RULE("schedule_set.3"))
{
    enum { CHILDREN_MAX = 5 };
    static uint64_t counters[CHILDREN_MAX];
    int64_t children[CHILDREN_MAX];
    struct coco_exit_status status;
    size_t count = (size_t)coco_query(COCO_QUERY_CPU_COUNT) + 1;
    count = count > CHILDREN_MAX ? CHILDREN_MAX : count;
    for (size_t i = 0; i < count; i++) {
        children[i] = fork_child(spin_for_ever, &counters[i]);
        REQUIRE_TRUE(children[i] > 0);
    }
    int64_t used = coco_clock_get(COCO_CLOCK_THREAD);
    uint64_t end = deadline_after(3 * SECONDS);
    while (deadline_after(0) < end) {
        timers_compute(MILLISECONDS);
    }
    /* At least a fiftieth of the time, of the twentieth that is left to others. */
    EXPECT_TRUE(coco_clock_get(COCO_CLOCK_THREAD) - used >= (int64_t)(60 * MILLISECONDS));
    /* All of them first: one that waits for its turn ends when it has it. */
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(coco_process_kill((coco_handle_t)children[i], COCO_SIGNAL_KILL));
    }
    for (size_t i = 0; i < count; i++) {
        EXPECT_TRUE(child_wait(children[i], &status));
        EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    }
}

/* While they have their share, nobody else runs on their CPU. */
TEST(schedule_set, before_others, RULE("schedule_set.2"))
{
    struct coco_exit_status status;
    static uint64_t counter;
    if (coco_query(COCO_QUERY_CPU_COUNT) != 1) {
        return;
    }
    int64_t child = fork_child(spin_for_ever, &counter);
    REQUIRE_TRUE(child > 0);
    EXPECT_OK(set(0, COCO_SCHEDULE_OTHER, 0));
    (void)coco_sleep_until(deadline_after(2 * SECONDS)); /* a period is over, and its rest */
    uint64_t start = deadline_after(0);
    timers_compute(200 * MILLISECONDS); /* takes four periods, of 50 ms for us each */
    EXPECT_TRUE(deadline_after(0) - start >= 2 * SECONDS);
    EXPECT_OK(coco_process_kill((coco_handle_t)child, COCO_SIGNAL_KILL));
    EXPECT_TRUE(child_wait(child, &status));
}
