// SPDX-License-Identifier: MIT
#include "turns.h"

#include <coconut/coconut.h>
#include <harness/test.h>

static int64_t processors; /* of the thread that called turns_begin() */

static void set_policy(uint32_t policy, uint32_t priority)
{
    const struct coco_schedule schedule = {.policy = policy, .priority = priority};
    EXPECT_OK(coco_schedule_set(0, 0, COCO_SCHEDULE_SET_POLICY, &schedule));
}

void turns_begin(void)
{
    processors = coco_thread_affinity_get(0, 0);
    EXPECT_TRUE(processors > 0);
    EXPECT_OK(coco_thread_affinity_set(0, 0, 1ull << coco_thread_processor()));
    set_policy(COCO_SCHEDULE_FIFO, 1);
}

void turns_pass(void)
{
    EXPECT_OK(coco_thread_yield());
}

void turns_end(void)
{
    set_policy(COCO_SCHEDULE_OTHER, 0);
    EXPECT_OK(coco_thread_affinity_set(0, 0, (uint64_t)processors));
}
