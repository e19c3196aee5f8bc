// SPDX-License-Identifier: MIT
// The simulated processor: identity, randomness, time. Other CPUs are host threads that a test
// starts.
#include <abi/status.h>
#include <abi/types.h>
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <arch_impl/host.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

_Thread_local struct host_cpu host_cpu = {.interrupts = true};
static unsigned cpu_count = 1;

void host_cpu_set(unsigned id)
{
    host_cpu.id = id;
}

void host_cpu_count_set(unsigned count)
{
    __atomic_store_n(&cpu_count, count, __ATOMIC_RELAXED);
}

unsigned arch_cpu_count(void)
{
    return __atomic_load_n(&cpu_count, __ATOMIC_RELAXED);
}

void arch_spin_wait(void)
{
    sched_yield();
}

void arch_spin_doze(void)
{
    sched_yield();
}

void arch_halt_forever(void)
{
    abort();
}

bool arch_random_u64(uint64_t *out)
{
    return getrandom(out, sizeof(*out), 0) == (ssize_t)sizeof(*out);
}

uint64_t arch_features(void)
{
    return 0;
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t arch_time_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static int64_t wall_base_change; /* atomic; to the host's */

static int64_t host_wall_base(void)
{
    return (int64_t)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC));
}

int64_t arch_wall_base_ns(void)
{
    return host_wall_base() + __atomic_load_n(&wall_base_change, __ATOMIC_RELAXED);
}

void arch_wall_base_set(int64_t base)
{
    __atomic_store_n(&wall_base_change, base - host_wall_base(), __ATOMIC_RELAXED);
}

void arch_time_publish(struct coco_clock_page *page)
{
    page->version = COCO_CLOCK_PAGE_VERSION; /* no ticks: the host's clock is behind a call */
}

uint64_t arch_tsc_hz(void)
{
    return 1000000000u;
}

uint64_t arch_boot_ticks(void)
{
    return 0;
}

void arch_timer_arm(uint64_t deadline_ns)
{
    (void)deadline_ns; /* no interrupts here: a test calls timer_interrupt() when it wants one */
}

void arch_send_reschedule(unsigned cpu)
{
    (void)cpu; /* likewise reschedule_interrupt() */
}

void arch_stop_others(void)
{
}

enum status arch_line_enable(unsigned line, bool level)
{
    (void)line;
    (void)level;
    return ERR_NOTSUPP; /* the host has no interrupt lines */
}
