// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about policies and priorities of threads.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* coco_schedule.policy */
#define COCO_SCHEDULE_OTHER 0u       /* by turns, as long as no real-time thread runs */
#define COCO_SCHEDULE_FIFO 1u        /* real-time: until it waits */
#define COCO_SCHEDULE_ROUND_ROBIN 2u /* real-time: by turns with its equals */
#define COCO_SCHEDULE_PRIORITY_MAX 32u

/* schedule_set: what is changed, and how */
#define COCO_SCHEDULE_SET_POLICY 0x1u /* policy and priority */
#define COCO_SCHEDULE_SET_NICE 0x2u
#define COCO_SCHEDULE_LOWER_FIRST                                                                  \
    0x4u /* with a lower priority it is the first of its new equals                                \
          */
#define COCO_SCHEDULE_MASK 0x7u

#define COCO_SCHEDULE_ALL UINT64_MAX /* `thread` of schedule_set: all of the process */

/* Real-time threads together run for at most so many ns of each period on a processor that other
   threads want. */
#define COCO_SCHEDULE_PERIOD 1000000000u
#define COCO_SCHEDULE_SHARE 950000000u

/// Result of `schedule_get`, argument of `schedule_set`.
struct coco_schedule {
    uint32_t policy;   /* COCO_SCHEDULE_OTHER, FIFO, ROUND_ROBIN */
    uint32_t priority; /* 1 to COCO_SCHEDULE_PRIORITY_MAX, larger runs first; 0 for OTHER */
    int32_t nice;      /* -20 to 19: OTHER has shorter turns with a larger one */
    uint32_t reserved; /* 0 */
    uint64_t turn;     /* ns of processor time in a turn; 0 for no limit; not set */
};

COCO_STATIC_ASSERT(sizeof(struct coco_schedule) == 24, "coco_schedule has a fixed size");

#ifdef __cplusplus
}
#endif
