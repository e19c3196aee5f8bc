// SPDX-License-Identifier: MIT
// Futexes and joining.
#include <arch/timer.h>
#include <task/futex.h>
#include <task/sched.h>

#include "fixture.h"
#include "tests.h"

static uaddr_t word(void)
{
    return uaddr((uintptr_t)&shared.word);
}

static void test_refusals(void)
{
    uint32_t woken = 99;

    EXPECT(futex_wait(uaddr(word().v + 2), 0, WAIT_FOREVER) == ERR_INVAL);
    EXPECT(futex_wait(uaddr(COCO_USER_END), 0, WAIT_FOREVER) == ERR_INVAL);
    EXPECT(futex_wait(uaddr(UINT64_MAX - 3), 0, WAIT_FOREVER) == ERR_INVAL);
    EXPECT(futex_wait(uaddr(8), 0, WAIT_FOREVER) == ERR_FAULT);
    EXPECT(futex_wake(uaddr(word().v + 1), 1, &woken) == ERR_INVAL);
    EXPECT(futex_wake(uaddr(COCO_USER_END - 2), 1, &woken) == ERR_INVAL);
    EXPECT(futex_wake(word(), 1, &woken) == OK && woken == 0);
    EXPECT(futex_wait(word(), 1, WAIT_FOREVER) == ERR_AGAIN);
    EXPECT(futex_wait(word(), 0, 0) == ERR_TIMEDOUT);
    EXPECT(futex_wait(word(), 0, arch_time_ns() + 5000000) == ERR_TIMEDOUT);
    /* nobody is left in the queue */
    EXPECT(futex_wake(word(), UINT32_MAX, &woken) == OK && woken == 0);
}

static char order[8];
static uint32_t order_len;

static struct thread *waiting[4]; /* atomic */

static __noreturn void waiter(void *number)
{
    __atomic_store_n(&waiting[(uintptr_t)number], thread_current(), __ATOMIC_RELEASE);
    EXPECT(futex_wait(word(), 0, WAIT_FOREVER) == OK);
    order[__atomic_fetch_add(&order_len, 1, __ATOMIC_SEQ_CST)] = "abcd"[(uintptr_t)number];
    thread_exit_kernel();
}

static void wait_for(uint32_t *counter, uint32_t value)
{
    while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) != value) {
        sim_sleep_ms(1);
    }
}

static void test_fifo(void)
{
    uint32_t woken = 0;

    for (uintptr_t i = 0; i < ARRAY_SIZE(waiting); i++) {
        EXPECT(thread_start_kernel(waiter, (void *)i, 20) == OK);
        fixture_wait_blocked(&waiting[i]);
    }
    EXPECT(futex_wake(uaddr(word().v + 4), UINT32_MAX, &woken) == OK && woken == 0);
    EXPECT(futex_wake(word(), 1, &woken) == OK && woken == 1);
    wait_for(&order_len, 1);
    EXPECT(futex_wake(word(), 2, &woken) == OK && woken == 2);
    wait_for(&order_len, 3);
    EXPECT(futex_wake(word(), 0, &woken) == OK && woken == 0);
    EXPECT(futex_wake(word(), 5, &woken) == OK && woken == 1);
    wait_for(&order_len, 4);
    EXPECT(order[0] == 'a' && order[3] == 'd');
}

/* A mutex made of futexes, fought over by several threads of one process; a lost wake-up fails. */
static void test_mutex_stress(void)
{
    struct fixture_counts before = fixture_counts();
    struct process *process;

    shared.rounds = 400;
    process = fixture_start(USER_LOCKERS);
    EXPECT(fixture_wait(process).code == 0);
    EXPECT(shared.protected_count == 400 * USER_LOCKER_COUNT);
    fixture_expect_counts(before);
}

static void test_address_spaces_are_apart(void)
{
    struct process *process = fixture_start(USER_FUTEX_SLEEP);
    uint32_t woken = 0;

    while (__atomic_load_n(&shared.counters[USER_FUTEX_MARK], __ATOMIC_ACQUIRE) == 0) {
        sim_sleep_ms(1);
    }
    sim_sleep_ms(30);
    EXPECT(futex_wake(word(), UINT32_MAX, &woken) == OK && woken == 0);
    process_kill(process, 3);
    EXPECT(fixture_wait(process).code == 3);
    EXPECT(shared.result == (uint32_t)ERR_CANCELED);
}

static void test_join(void)
{
    struct fixture_counts before = fixture_counts();

    shared.rounds = 100;
    EXPECT(fixture_wait(fixture_start(USER_JOIN)).code == 0);
    fixture_expect_counts(before);
}

static void test_clear_word(void)
{
    struct fixture_counts before = fixture_counts();

    shared.rounds = 10;
    for (unsigned i = 0; i < 10; i++) {
        EXPECT(fixture_wait(fixture_start(USER_CLEAR_JOIN)).code == 77);
    }
    fixture_expect_counts(before);
}

static void test_robust(void)
{
    struct fixture_counts before = fixture_counts();

    shared.rounds = 0;
    EXPECT(fixture_wait(fixture_start(USER_ROBUST)).code == 21);
    EXPECT(shared.word == (COCO_ROBUST_DIED | COCO_ROBUST_WAITED));
    shared.rounds = 1;
    EXPECT(fixture_wait(fixture_start(USER_ROBUST)).code == 21);
    EXPECT((shared.word & COCO_ROBUST_DIED) == 0);
    shared.word = 0;
    fixture_expect_counts(before);
}

const struct test futex_tests[] = {
    {"futex.refusals", test_refusals, CPUS_1},
    {"futex.fifo", test_fifo, CPUS_ALL},
    {"futex.mutex_stress", test_mutex_stress, CPUS_ALL},
    {"futex.address_spaces_are_apart", test_address_spaces_are_apart, CPUS_ALL},
    {"futex.join", test_join, CPUS_ALL},
    {"futex.robust", test_robust, CPUS_ALL},
    {"futex.clear_word", test_clear_word, CPUS_ALL},
    {0},
};
