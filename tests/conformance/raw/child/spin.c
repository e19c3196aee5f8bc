// SPDX-License-Identifier: MIT
// Behaviours of children that use all the processor time they get.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/thread.h>

#define CHILD_UNKNOWN 99
#define MEASURE (100 * MILLISECONDS) /* five periods of the budget */
#define HEIRS 2u

static void spin(void *unused)
{
    (void)unused;
    for (volatile uint64_t i = 0;; i++) {
    }
}

/* Most of the time is the kernel's. */
BEHAVIOUR(spin_in_calls)
{
    static const char program[] = "/raw/child";
    struct coco_stat stat;
    for (;;) {
        if (coco_file_stat_path(program, &stat) == 0) {
            (void)coco_thread_yield();
        }
    }
}

/* More threads than there are processors. */
BEHAVIOUR(spin_in_threads)
{
    static struct thread threads[4];
    for (unsigned i = 0; i < 4; i++) {
        if (thread_start(&threads[i], spin, NULL) != 0) {
            return CHILD_UNKNOWN;
        }
    }
    (void)thread_join(&threads[0]);
    return CHILD_UNKNOWN;
}

/* Needs little time again and again, beside threads that take all there is. */
BEHAVIOUR(sleep_beside_spinners)
{
    static struct thread threads[2];
    for (unsigned i = 0; i < 2; i++) {
        if (thread_start(&threads[i], spin, NULL) != 0) {
            return CHILD_UNKNOWN;
        }
    }
    for (unsigned i = 0; i < 10; i++) {
        (void)coco_sleep_until(deadline_after(1 * MILLISECONDS));
    }
    return 0;
}

static uint64_t used_by_all(const int64_t *processes)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < HEIRS; i++) {
        int64_t id = coco_process_handle_id((coco_handle_t)processes[i]);
        int64_t time = coco_clock_of(COCO_CLOCK_PROCESS, (uint64_t)id);
        sum += time < 0 ? 0 : (uint64_t)time;
    }
    return sum;
}

/* Starts two that spin, one with a budget that would be larger than its own. The exit code is what
 * the two take, in thousandths of one processor. */
BEHAVIOUR(spin_in_heirs)
{
    static const char look[] = "child\0spin";
    static const struct coco_spawn again = AGAIN(look);
    const struct coco_policy policy = {.size = sizeof(policy),
                                       .memory = COCO_LIMIT_NONE,
                                       .tasks = COCO_LIMIT_NONE,
                                       .handles = COCO_HANDLE_MAX,
                                       .cpu_budget = 18000,
                                       .cpu_period = 20000};
    int64_t processes[HEIRS] = {coco_process_spawn(&again),
                                coco_process_spawn_confined(&again, &policy)};
    if (processes[0] < 0 || processes[1] < 0) {
        return CHILD_UNKNOWN;
    }
    (void)coco_sleep_until(deadline_after(50 * MILLISECONDS));
    uint64_t begin = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    uint64_t used = used_by_all(processes);
    (void)coco_sleep_until(begin + MEASURE);
    used = used_by_all(processes) - used;
    uint64_t time = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) - begin;
    for (unsigned i = 0; i < HEIRS; i++) {
        (void)coco_process_kill((coco_handle_t)processes[i], 9);
    }
    return (int)(used * 1000 / time);
}
