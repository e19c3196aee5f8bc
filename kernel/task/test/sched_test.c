// SPDX-License-Identifier: MIT
// The scheduler: order, time slices, priorities, sleeping, placement.
#include <arch/timer.h>
#include <object/mutex.h>
#include <task/sched.h>

#include "fixture.h"
#include "tests.h"

static char order[64];
static unsigned order_len; /* atomic */

static void note(char mark)
{
    order[__atomic_fetch_add(&order_len, 1, __ATOMIC_SEQ_CST)] = mark;
}

static void wait_for(uint32_t *counter, uint32_t value)
{
    while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) != value) {
        sim_sleep_ms(1);
    }
}

static __noreturn void yielder(void *argument)
{
    for (unsigned i = 0; i < 3; i++) {
        note(*(const char *)argument);
        sched_yield_cpu();
    }
    thread_exit_kernel();
}

static bool takes_turns(void)
{
    order_len = 0;
    EXPECT(thread_start_kernel(yielder, "a", 5) == OK);
    EXPECT(thread_start_kernel(yielder, "b", 5) == OK);
    EXPECT(thread_start_kernel(yielder, "c", 5) == OK);
    wait_for(&order_len, 9);
    return __builtin_memcmp(order, "abcabcabc", 9) == 0;
}

/* A slice can end before the thread has noted anything, where a busy host holds this process up:
 * not ten times. */
static void test_yield_is_round_robin(void)
{
    for (unsigned tries = 1; !takes_turns(); tries++) {
        EXPECT(tries < 10);
    }
}

static uint32_t yielders_done;

static __noreturn void busy_yielder(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 6000; i++) {
        sched_yield_cpu();
        if (i % 8 == 0) { /* lets a CPU become idle and steal */
            EXPECT(sched_sleep_until(arch_time_ns() + 20000) == OK);
        }
    }
    __atomic_fetch_add(&yielders_done, 1, __ATOMIC_RELEASE);
    thread_exit_kernel();
}

/* Idle CPUs steal what a yield was about to give way to. */
static void test_yield_races_with_stealing(void)
{
    for (unsigned i = 0; i < 5; i++) {
        EXPECT(thread_start_kernel(busy_yielder, NULL, 5) == OK);
    }
    wait_for(&yielders_done, 5);
}

static void test_priority_first(void)
{
    /* All are ready before one can run: this thread has a higher priority than each. */
    EXPECT(thread_start_kernel(yielder, "l", 1) == OK);
    EXPECT(thread_start_kernel(yielder, "h", 9) == OK);
    EXPECT(thread_start_kernel(yielder, "m", 5) == OK);
    wait_for(&order_len, 9);
    EXPECT(__builtin_memcmp(order, "hhhmmmlll", 9) == 0);
}

#define SPINNERS 3u

/* Whether all have had some of the processors. */
static bool got_on(struct process *const spinners[SPINNERS])
{
    bool all = __atomic_load_n(&shared.counters[1], __ATOMIC_RELAXED) > 0 &&
               __atomic_load_n(&shared.counters[3], __ATOMIC_RELAXED) > 0;

    for (unsigned i = 0; i < SPINNERS; i++) {
        all = all && process_cpu_time(spinners[i]) > 20000000;
    }
    return all;
}

static void test_slices(void)
{
    struct fixture_counts before = fixture_counts();
    struct process *spinners[SPINNERS];

    /* More spinning threads than CPUs: all get on, and so does this one. */
    for (unsigned i = 0; i < SPINNERS; i++) {
        spinners[i] = fixture_start(USER_THREADS);
    }
    while (!got_on(spinners)) {
        sim_sleep_ms(50);
    }
    for (unsigned i = 0; i < SPINNERS; i++) {
        process_kill(spinners[i], 9);
        EXPECT(fixture_wait(spinners[i]).reason == COCO_EXIT_KILLED);
    }
    fixture_expect_counts(before);
}

static void test_sleep(void)
{
    uint64_t start = arch_time_ns();
    uint64_t slept;

    EXPECT(sched_sleep_until(start + 30000000) == OK);
    slept = arch_time_ns() - start;
    EXPECT(slept >= 30000000 && slept < 60000000000);
    EXPECT(sched_sleep_until(start) == OK); /* in the past */
    EXPECT(sched_sleep_until(0) == OK);
}

static uint32_t sleepers_done;

static __noreturn void sleeper(void *argument)
{
    uint64_t deadline = *(const uint64_t *)argument;

    EXPECT(sched_sleep_until(deadline) == OK);
    EXPECT(arch_time_ns() >= deadline);
    __atomic_fetch_add(&sleepers_done, 1, __ATOMIC_RELEASE);
    thread_exit_kernel();
}

static void test_many_sleepers(void)
{
    static uint64_t deadlines[64];

    for (unsigned i = 0; i < ARRAY_SIZE(deadlines); i++) {
        deadlines[i] = arch_time_ns() + (i * 7919 % 64) * 1000000ull;
        EXPECT(thread_start_kernel(sleeper, &deadlines[i], THREAD_PRIORITY_KERNEL) == OK);
    }
    wait_for(&sleepers_done, ARRAY_SIZE(deadlines));
}

static struct mutex mutex;
static uint64_t guarded;
static uint32_t workers_done;

static __noreturn void worker(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 500; i++) {
        uint64_t seen;

        mutex_lock(&mutex);
        seen = guarded;
        if (i % 4 == 0) {
            sched_yield_cpu();
        }
        guarded = seen + 1;
        mutex_unlock(&mutex);
    }
    __atomic_fetch_add(&workers_done, 1, __ATOMIC_RELEASE);
    thread_exit_kernel();
}

static void test_mutex(void)
{
    mutex_init(&mutex);
    EXPECT(mutex_trylock(&mutex));
    EXPECT(!mutex_trylock(&mutex));
    mutex_unlock(&mutex);
    for (unsigned i = 0; i < 8; i++) {
        EXPECT(thread_start_kernel(worker, NULL, THREAD_PRIORITY_KERNEL) == OK);
    }
    wait_for(&workers_done, 8);
    EXPECT(guarded == 8 * 500);
}

static struct wait_queue queue;
static uint32_t tokens; /* guarded by the queue's lock */
static uint32_t taken;

static __noreturn void taker(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 200;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&queue.lock);
        bool have = tokens > 0;

        if (have) {
            tokens--;
            i++;
        } else {
            wait_prepare_locked(&queue, &waiter);
        }
        spin_unlock_irqrestore(&queue.lock, flags);
        if (!have) {
            enum status status = wait_commit(&waiter, arch_time_ns() + (i % 3 + 1) * 500000ull);

            EXPECT(status == OK || status == ERR_TIMEDOUT);
        } else {
            __atomic_fetch_add(&taken, 1, __ATOMIC_RELEASE);
        }
    }
    thread_exit_kernel();
}

/* Wake-ups race with deadlines; each token is taken exactly once and none is left lying. */
static void test_wait_queue(void)
{
    wait_queue_init(&queue);
    for (unsigned i = 0; i < 4; i++) {
        EXPECT(thread_start_kernel(taker, NULL, THREAD_PRIORITY_KERNEL) == OK);
    }
    for (unsigned i = 0; i < 4 * 200; i++) {
        irqflags_t flags = spin_lock_irqsave(&queue.lock);

        tokens++;
        spin_unlock_irqrestore(&queue.lock, flags);
        wait_wake(&queue, 1);
        if (i % 16 == 0) {
            sched_yield_cpu();
        }
    }
    wait_for(&taken, 4 * 200);
    EXPECT(tokens == 0);
}

static void test_cpu_time(void)
{
    struct process *process = fixture_start(USER_THREADS);
    uint64_t before;

    while ((before = process_cpu_time(process)) == 0) {
        sim_sleep_ms(50);
    }
    while (process_cpu_time(process) == before) {
        sim_sleep_ms(50);
    }
    EXPECT(thread_cpu_time(thread_current()) < arch_time_ns());
    while (sched_switch_count() <= 4) { // however seldom the host lets these CPUs run
        sim_sleep_ms(50);
    }
    process_kill(process, 1);
    (void)fixture_wait(process);
}

static struct spinlock ball_lock;
static struct thread *referee;
static uint32_t rallies;

/* Gives the CPU to `peer` and waits to get it back. False if that cannot be now. */
static bool pass_ball(struct thread *peer)
{
    bool passed;

    arch_irq_disable();
    spin_lock(&ball_lock);
    passed = sched_hand_over_begin(peer, WAIT_KILLABLE);
    if (passed) {
        rallies++;
        EXPECT(sched_hand_over(peer, WAIT_KILLABLE, &ball_lock) == OK);
    } else {
        spin_unlock(&ball_lock);
    }
    arch_irq_enable();
    return passed;
}

static __noreturn void player(void *argument)
{
    *(struct thread **)argument = thread_current();
    EXPECT(sched_block(WAIT_FOREVER, WAIT_UNINTERRUPTIBLE) == OK);
    for (unsigned i = 0; i < 500; i++) {
        EXPECT(pass_ball(referee));
    }
    sched_wake(referee);
    thread_exit_kernel();
}

static void test_hand_over(void)
{
    struct thread *peer = NULL;
    uint64_t switches;

    referee = thread_current();
    EXPECT(thread_start_kernel(player, &peer, THREAD_PRIORITY_USER) == OK);
    EXPECT(!pass_ball(referee)); /* not blocked */
    while (peer == NULL) {
        sim_sleep_ms(1);
    }
    switches = sched_switch_count();
    for (unsigned i = 0; i < 501; i++) {
        EXPECT(pass_ball(peer));
    }
    EXPECT(rallies == 1001);
    EXPECT(sched_switch_count() >= switches + 1001);
}

/* A thread that times out by itself, and one that is about to be woken, are left to others. */
static __noreturn void dozer(void *argument)
{
    *(struct thread **)argument = thread_current();
    EXPECT(sched_block(arch_time_ns() + 20000000, WAIT_UNINTERRUPTIBLE) == ERR_TIMEDOUT);
    __atomic_store_n((struct thread **)argument, NULL, __ATOMIC_RELEASE);
    thread_exit_kernel();
}

static void test_hand_over_refused(void)
{
    struct thread *peer = NULL;

    EXPECT(thread_start_kernel(dozer, &peer, THREAD_PRIORITY_KERNEL) == OK);
    while (__atomic_load_n(&peer, __ATOMIC_ACQUIRE) == NULL) {
        sim_sleep_ms(1);
    }
    EXPECT(!pass_ball(peer));
    while (__atomic_load_n(&peer, __ATOMIC_ACQUIRE) != NULL) {
        sim_sleep_ms(1);
    }
}

const struct test sched_tests[] = {
    {"sched.yield_is_round_robin", test_yield_is_round_robin, CPUS_1},
    {"sched.yield_races_with_stealing", test_yield_races_with_stealing, CPUS_ALL},
    {"sched.priority_first", test_priority_first, CPUS_1},
    {"sched.slices", test_slices, CPUS_ALL},
    {"sched.sleep", test_sleep, CPUS_ALL},
    {"sched.many_sleepers", test_many_sleepers, CPUS_ALL},
    {"sched.mutex", test_mutex, CPUS_ALL},
    {"sched.wait_queue", test_wait_queue, CPUS_ALL},
    {"sched.hand_over", test_hand_over, CPUS_1},
    {"sched.hand_over_refused", test_hand_over_refused, CPUS_1},
    {"sched.cpu_time", test_cpu_time, CPUS_ALL},
    {0},
};
