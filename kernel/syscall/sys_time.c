// SPDX-License-Identifier: MIT
#include <arch/timer.h>
#include <fs/vfs.h>
#include <task/process.h>
#include <task/sched.h>
#include <task/timer.h>

#include "clock_page.h"
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

int64_t sys_clock_set(uint64_t time)
{
    if (!process_may_control(process_current())) {
        return ERR_PERM;
    }
    if (time > COCO_CLOCK_SET_MAX) {
        return ERR_INVAL;
    }
    timer_clock_set(time);
    return OK;
}

int64_t sys_clock_of(uint32_t clock, uint64_t id)
{
    uint64_t time = 0;
    enum status status = ERR_INVAL;

    if (clock == COCO_CLOCK_PROCESS) {
        status = process_time_of(id, &time);
    } else if (clock == COCO_CLOCK_THREAD) {
        status = process_thread_time(id, &time);
    }
    return status == OK ? (int64_t)time : status;
}

int64_t sys_clock_page(void)
{
    uaddr_t address;
    enum status status = clock_page_map(process_aspace(process_current()), &address);

    return status == OK ? (int64_t)address.v : status;
}

int64_t sys_sleep_until(uint64_t deadline)
{
    return sched_sleep_until(deadline);
}

int64_t sys_sleep_until_date(uint64_t deadline)
{
    return sched_sleep_until(deadline < COCO_DEADLINE_DATE ? deadline | COCO_DEADLINE_DATE
                                                           : WAIT_FOREVER);
}
