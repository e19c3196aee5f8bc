// SPDX-License-Identifier: MIT
// Threads that are limited to some CPUs: placement, wake-ups, hand-overs, stealing.
#include <arch/smp.h>
#include <arch/timer.h>
#include <task/sched.h>

#include "../sched_internal.h"
#include "fixture.h"
#include "tests.h"

static uint32_t done; /* atomic */

static void wait_for_done(uint32_t count)
{
    while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) != count) {
        sim_sleep_ms(1);
    }
}

static __noreturn void end(void)
{
    __atomic_fetch_add(&done, 1, __ATOMIC_RELEASE);
    thread_exit_kernel();
}

static uint32_t only(unsigned cpu)
{
    return 1u << cpu % arch_cpu_count();
}

static void go_to(uint32_t cpus)
{
    sched_set_cpus(thread_current(), cpus);
    sched_move();
    EXPECT((cpus >> arch_cpu_id() & 1) != 0);
}

static void test_move(void)
{
    EXPECT(sched_get_cpus(thread_current()) == sched_all_cpus());
    for (unsigned i = 0; i < 200; i++) {
        go_to(only(i * 3));
        EXPECT(sched_get_cpus(thread_current()) == only(i * 3));
        sched_yield_cpu();
        EXPECT(only(arch_cpu_id()) == only(i * 3));
        if (i % 4 == 0) {
            sim_sleep_ms(1);
            EXPECT(only(arch_cpu_id()) == only(i * 3));
        }
    }
}

static uint32_t strays; /* atomic */

static __noreturn void pinned(void *cpu)
{
    go_to(only((unsigned)(uintptr_t)cpu));
    for (unsigned i = 0; i < 2000; i++) {
        if (only(arch_cpu_id()) != only((unsigned)(uintptr_t)cpu)) {
            __atomic_fetch_add(&strays, 1, __ATOMIC_RELAXED);
        }
        sched_yield_cpu();
        if (i % 16 == 0) { /* lets CPUs become idle, which look for work */
            EXPECT(sched_sleep_until(arch_time_ns() + 20000) == OK);
        }
    }
    end();
}

/* Idle CPUs leave alone what is not for them. */
static void test_not_stolen(void)
{
    for (unsigned i = 0; i < 6; i++) {
        EXPECT(thread_start_kernel(pinned, (void *)(uintptr_t)(i / 3), 5) == OK);
    }
    wait_for_done(6);
    EXPECT(strays == 0);
}

static struct thread *sleeper;    /* atomic */
static uint32_t sleeper_was_here; /* atomic */
static uint32_t sleeper_may_end;  /* atomic */
static uint64_t sleeper_deadline;

static __noreturn void sleep_once(void *unused)
{
    (void)unused;
    go_to(only(0));
    __atomic_store_n(&sleeper, thread_current(), __ATOMIC_RELEASE);
    (void)sched_block(sleeper_deadline, WAIT_UNINTERRUPTIBLE);
    __atomic_store_n(&sleeper_was_here, only(arch_cpu_id()), __ATOMIC_RELEASE);
    while (__atomic_load_n(&sleeper_may_end, __ATOMIC_ACQUIRE) == 0) {
        sim_sleep_ms(1);
    }
    end();
}

static void start_sleeper(uint64_t deadline)
{
    done = 0;
    sleeper_was_here = 0;
    sleeper_may_end = 0;
    sleeper_deadline = deadline;
    __atomic_store_n(&sleeper, NULL, __ATOMIC_RELEASE);
    EXPECT(thread_start_kernel(sleep_once, NULL, 5) == OK);
    fixture_wait_blocked(&sleeper);
}

/* Waits until it has been woken, and has ended; where it was then. */
static uint32_t sleeper_woke_at(void)
{
    while (__atomic_load_n(&sleeper_was_here, __ATOMIC_ACQUIRE) == 0) {
        sim_sleep_ms(1);
    }
    __atomic_store_n(&sleeper_may_end, 1, __ATOMIC_RELEASE);
    wait_for_done(1);
    return sleeper_was_here;
}

/* Where a thread with a deadline goes on that was limited to CPU 1 before that passed: the further
 * off it is, the busier a host may be. */
static uint32_t woke_by_deadline_at(void)
{
    for (uint64_t far = 100000000;; far *= 4) {
        start_sleeper(arch_time_ns() + far);
        sched_set_cpus(sleeper, only(1));
        const bool in_time = arch_time_ns() < sleeper_deadline;
        const uint32_t where = sleeper_woke_at();

        if (in_time) {
            return where;
        }
    }
}

/* A blocked thread goes on where it may when it is woken, by others, by its deadline, or by one
 * that would hand it the CPU. */
static void test_blocked(void)
{
    start_sleeper(WAIT_FOREVER);
    sched_set_cpus(sleeper, only(1));
    sched_wake(sleeper);
    EXPECT(sleeper_woke_at() == only(1));
    EXPECT(woke_by_deadline_at() == only(1));

    start_sleeper(WAIT_FOREVER);
    go_to(only(0));
    sched_set_cpus(sleeper, only(1));
    EXPECT(!sched_claim(sleeper));
    EXPECT(sleeper_woke_at() == only(1));
}

static uint32_t occupied;   /* CPUs; atomic */
static uint32_t ready_stop; /* atomic */

static __noreturn void occupy(void *cpu)
{
    go_to(only((unsigned)(uintptr_t)cpu));
    __atomic_fetch_add(&occupied, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&ready_stop, __ATOMIC_ACQUIRE) == 0) {
        arch_irq_disable();
        arch_irq_enable();
        sched_check();
    }
    end();
}

static __noreturn void note_where(void *out)
{
    __atomic_store_n((uint32_t *)out, only(arch_cpu_id()), __ATOMIC_RELEASE);
    end();
}

/* A thread that is ready behind others is queued elsewhere at once. Both CPUs are occupied, so
 * nobody steals it. */
static void test_ready(void)
{
    struct thread *waiting;
    uint32_t was_here = 0;
    irqflags_t flags;

    go_to(only(0));
    EXPECT(thread_start_kernel(occupy, (void *)0, 9) == OK);
    EXPECT(thread_start_kernel(occupy, (void *)1, 9) == OK);
    while (__atomic_load_n(&occupied, __ATOMIC_ACQUIRE) != 2) {
        sim_sleep_ms(1);
    }
    EXPECT(thread_start_kernel(note_where, &was_here, 5) == OK);
    flags = spin_lock_irqsave(&run_queues[0].lock);
    EXPECT(!list_empty(&run_queues[0].ready[5]));
    waiting = list_first_entry(&run_queues[0].ready[5], struct thread, run_link);
    spin_unlock_irqrestore(&run_queues[0].lock, flags);
    sched_set_cpus(waiting, only(1));
    flags = spin_lock_irqsave(&run_queues[1].lock);
    EXPECT(list_empty(&run_queues[0].ready[5]));
    EXPECT(list_first_entry(&run_queues[1].ready[5], struct thread, run_link) == waiting);
    spin_unlock_irqrestore(&run_queues[1].lock, flags);
    __atomic_store_n(&ready_stop, 1, __ATOMIC_RELEASE);
    wait_for_done(3);
    EXPECT(was_here == only(1));
}

static uint32_t tossed_stop; /* atomic */

static __noreturn void tossed(void *out)
{
    __atomic_store_n((struct thread **)out, thread_current(), __ATOMIC_RELEASE);
    for (unsigned i = 0; __atomic_load_n(&tossed_stop, __ATOMIC_ACQUIRE) == 0; i++) {
        sched_move();
        sched_yield_cpu();
        if (i % 8 == 0) {
            EXPECT(sched_sleep_until(arch_time_ns() + 10000) == OK);
        }
    }
    end();
}

/* Limits change at all times, for threads in all states. */
static void test_tossed_about(void)
{
    struct thread *threads[4] = {NULL};

    for (unsigned i = 0; i < ARRAY_SIZE(threads); i++) {
        EXPECT(thread_start_kernel(tossed, &threads[i], 5) == OK);
        while (__atomic_load_n(&threads[i], __ATOMIC_ACQUIRE) == NULL) {
            sim_sleep_ms(1);
        }
    }
    for (unsigned i = 0; i < 20000; i++) {
        sched_set_cpus(threads[i % ARRAY_SIZE(threads)], only(i * 7 / 3));
        if (i % 8 == 0) {
            sched_wake(threads[i / 8 % ARRAY_SIZE(threads)]);
            sched_yield_cpu();
        }
        if (i % 64 == 0) {
            sim_sleep_ms(1);
        }
    }
    __atomic_store_n(&tossed_stop, 1, __ATOMIC_RELEASE);
    wait_for_done(ARRAY_SIZE(threads));
}

const struct test affinity_tests[] = {
    {"affinity.move", test_move, CPUS_ALL},
    {"affinity.not_stolen", test_not_stolen, CPUS_ALL},
    {"affinity.blocked", test_blocked, CPUS_2 | CPUS_4},
    {"affinity.ready", test_ready, CPUS_2},
    {"affinity.tossed_about", test_tossed_about, CPUS_ALL},
    {0},
};
