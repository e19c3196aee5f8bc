// SPDX-License-Identifier: MIT
// The share of processor time that real-time threads leave to others.
#include <arch/timer.h>
#include <task/sched.h>

#include "fixture.h"
#include "tests.h"

static uint32_t share_stop;   /* atomic */
static uint32_t share_others; /* atomic */

/* Interrupts come in here, and may ask for a switch. */
static void spin_once(void)
{
    arch_irq_disable();
    arch_irq_enable();
    sched_check();
}

static __noreturn void real_time_spinner(void *unused)
{
    (void)unused;
    while (__atomic_load_n(&share_stop, __ATOMIC_ACQUIRE) == 0) {
        spin_once();
    }
    thread_exit_kernel();
}

static __noreturn void other_spinner(void *unused)
{
    (void)unused;
    while (__atomic_load_n(&share_stop, __ATOMIC_ACQUIRE) == 0) {
        __atomic_fetch_add(&share_others, 1, __ATOMIC_RELEASE);
        spin_once();
    }
    thread_exit_kernel();
}

/* Real-time threads leave others something, and not too much. This thread, which comes before both,
 * takes next to nothing. */
static void test_real_time_share(void)
{
    uint64_t first = arch_time_ns(), start = first; /* before the others got on */
    uint32_t others;

    EXPECT(thread_start_kernel(real_time_spinner, NULL, THREAD_PRIORITY_REAL_TIME + 3) == OK);
    EXPECT(thread_start_kernel(other_spinner, NULL, THREAD_PRIORITY_USER) == OK);
    while (__atomic_load_n(&share_others, __ATOMIC_ACQUIRE) == 0) {
        start = arch_time_ns();
        sim_sleep_ms(40);
    }
    EXPECT(arch_time_ns() - first >= COCO_SCHEDULE_SHARE / 2);
    sim_sleep_ms(200); /* the rest of the period, and the beginning of the next */
    others = __atomic_load_n(&share_others, __ATOMIC_ACQUIRE);
    sim_sleep_ms(300);
    EXPECT(arch_time_ns() - start > COCO_SCHEDULE_SHARE || /* a busy host */
           __atomic_load_n(&share_others, __ATOMIC_ACQUIRE) == others);
    __atomic_store_n(&share_stop, 1, __ATOMIC_RELEASE);
    sim_sleep_ms(20);
}

const struct test real_time_tests[] = {
    {"real_time.share", test_real_time_share, CPUS_1},
    {0},
};
