// SPDX-License-Identifier: MIT
#include <arch/timer.h>
#include <fs/vfs.h>
#include <task/process.h>
#include <task/sched.h>

#include "prototypes.h"

int64_t sys_clock_get(uint32_t clock)
{
    switch (clock) {
    case COCO_CLOCK_REALTIME:
        return vfs_now();
    case COCO_CLOCK_MONOTONIC:
        return (int64_t)arch_time_ns();
    case COCO_CLOCK_PROCESS:
        return (int64_t)process_cpu_time(process_current());
    case COCO_CLOCK_THREAD:
        return (int64_t)thread_cpu_time(thread_current());
    default:
        return ERR_NOTFOUND;
    }
}

int64_t sys_sleep_until(uint64_t deadline)
{
    return sched_sleep_until(deadline);
}
