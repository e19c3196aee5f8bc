// SPDX-License-Identifier: MIT
// Policies and priorities as POSIX has them; the kernel's numbers of policies are other ones.
#pragma once

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include <coconut/types.h>

/// A policy and a priority in the kernel's terms.
/// @return 0, or EINVAL: there is no such policy, or it has no such priority
static inline int __coco_schedule(int policy, int priority, struct coco_schedule *out)
{
    *out = (struct coco_schedule){.priority = (uint32_t)priority};
    switch (policy) {
    case SCHED_OTHER:
        out->policy = COCO_SCHEDULE_OTHER;
        return priority == 0 ? 0 : EINVAL;
    case SCHED_FIFO:
        out->policy = COCO_SCHEDULE_FIFO;
        break;
    case SCHED_RR:
        out->policy = COCO_SCHEDULE_ROUND_ROBIN;
        break;
    default:
        return EINVAL;
    }
    return priority >= 1 && priority <= (int)COCO_SCHEDULE_PRIORITY_MAX ? 0 : EINVAL;
}

/// The policy of what the kernel tells.
static inline int __coco_schedule_policy(const struct coco_schedule *schedule)
{
    return schedule->policy == COCO_SCHEDULE_FIFO          ? SCHED_FIFO
           : schedule->policy == COCO_SCHEDULE_ROUND_ROBIN ? SCHED_RR
                                                           : SCHED_OTHER;
}

/// Set the calling thread's schedule. @return 0 or an error number
int __coco_schedule_self(const struct coco_schedule *schedule);

/// Set the processors that the calling thread may run on, a bit each. @return 0 or an error number
int __coco_affinity_self(uint64_t processors);
