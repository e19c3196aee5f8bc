// SPDX-License-Identifier: MIT
#include <arch/cpu.h>
#include <arch/thread.h>
#include <mm/user_copy.h>
#include <task/affinity.h>
#include <task/futex.h>
#include <task/process.h>
#include <task/robust.h>
#include <task/sched.h>
#include <task/schedule.h>
#include <task/thread.h>

#include "new_handle.h"
#include "prototypes.h"

int64_t sys_exit(uint32_t code)
{
    thread_exit(code, uaddr(0));
}

int64_t sys_thread_exit(uint32_t code, uaddr_t clear)
{
    thread_exit(code, clear);
}

int64_t sys_thread_create(uaddr_t entry, uaddr_t stack, uint64_t argument, uaddr_t tls)
{
    const struct arch_user_entry start = {
        .rip = entry.v, .rsp = stack.v, .rdi = argument, .fs_base = tls.v};
    struct thread *thread;
    uint32_t number;
    // A thread that runs cannot be taken back, so the number comes first.
    enum status status = new_handle_reserve(&number);

    if (status != OK) {
        return status;
    }
    status = thread_start_user(&start, &thread);
    if (status != OK) {
        new_handle_cancel(number);
        return status;
    }
    return new_handle_fill(number, &thread->object, COCO_OBJECT_THREAD_RIGHTS);
}

int64_t sys_thread_wait(struct object *thread, uint64_t deadline)
{
    uint32_t code = 0;
    enum status status = thread_wait(thread_from_object(thread), deadline, &code);

    return status == OK ? (int64_t)code : status;
}

int64_t sys_thread_yield(void)
{
    sched_yield_cpu();
    return OK;
}

int64_t sys_thread_id(void)
{
    return (int64_t)thread_id(thread_current());
}

int64_t sys_thread_set_tls(uaddr_t base)
{
    return thread_set_tls(base);
}

int64_t sys_schedule_get(uint64_t process, uint64_t thread, uaddr_t schedule)
{
    struct coco_schedule found = {0};
    enum status status = schedule_get(process, thread, &found);

    return status == OK ? user_copy_out(schedule, &found, sizeof(found)) : status;
}

int64_t sys_schedule_set(uint64_t process, uint64_t thread, uint32_t what, uaddr_t schedule)
{
    struct coco_schedule given;
    enum status status = user_copy_in(&given, schedule, sizeof(given));

    return status == OK ? schedule_set(process, thread, what, &given) : status;
}

int64_t sys_thread_affinity_get(uint64_t process, uint64_t thread)
{
    uint32_t cpus = 0;
    enum status status = affinity_get(process, thread, &cpus);

    return status == OK ? (int64_t)cpus : status;
}

int64_t sys_thread_affinity_set(uint64_t process, uint64_t thread, uint64_t processors)
{
    return affinity_set(process, thread, processors);
}

int64_t sys_thread_processor(void)
{
    return (int64_t)arch_cpu_id();
}

int64_t sys_futex_wait(uaddr_t address, uint32_t expected, uint64_t deadline)
{
    return futex_wait(address, expected, deadline);
}

int64_t sys_futex_wake(uaddr_t address, uint32_t count)
{
    uint32_t woken = 0;
    enum status status = futex_wake(address, count, &woken);

    return status == OK ? (int64_t)woken : status;
}

int64_t sys_thread_robust_table(uaddr_t table)
{
    return robust_set(table);
}
