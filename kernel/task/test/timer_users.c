// SPDX-License-Identifier: MIT
// User code with timers.
#include <arch/timer.h>
#include <string.h>
#include <task/process.h>
#include <task/sched.h>
#include <task/signal.h>
#include <task/timer.h>

#include "sim/sim.h"
#include "users.h"

#define SIGNAL 40u
#define MS 1000000ull
#define FAR (1000 * 1000 * MS)

static struct timer *make(uint32_t clock, uint32_t notify)
{
    const struct timer_options options = {
        .clock = clock, .notify = notify, .signal = SIGNAL, .value = 5};
    struct timer *timer = NULL;

    SYSCALL(EXPECT(timer_create(&options, &timer) == OK));
    object_handle_added(timer_object(timer));
    return timer;
}

static void drop(struct timer *timer)
{
    SYSCALL(object_handle_removed(timer_object(timer)); object_put(timer_object(timer)));
}

static void set(struct timer *timer, uint64_t value, uint64_t interval)
{
    struct coco_timer_state old;

    SYSCALL((void)timer_set(timer, value, interval, false, &old));
}

static void catch_signal(void)
{
    const struct coco_signal_action action = {.handler = 2, .entry = 0x1000};
    uint64_t old;

    SYSCALL(EXPECT(signal_action(SIGNAL, &action, NULL) == OK));
    SYSCALL(EXPECT(signal_mask(COCO_SIGNAL_SET, signal_bit(SIGNAL), &old) == OK));
}

void user_timer_no_memory(uint64_t rdi)
{
    const struct timer_options options = {.clock = COCO_CLOCK_PROCESS};
    struct coco_timer_state old;
    struct timer *timer = NULL;

    (void)rdi;
    for (int64_t i = 0;; i++) {
        enum status status;

        sim_fail_allocation(i);
        SYSCALL(status = timer_create(&options, &timer));
        if (!sim_failure_delivered()) {
            sim_fail_allocation(-1);
            EXPECT(status == OK && i == 2);
            break;
        }
        EXPECT(status == ERR_NOMEM);
    }
    EXPECT(process_current()->timer_count == 1);
    SYSCALL(object_put(timer_object(timer)));
    EXPECT(process_current()->timer_count == 0);
    sim_fail_allocation(0);
    SYSCALL(EXPECT(timer_interval_set(COCO_INTERVAL_REAL, MS, 0, &old) == ERR_NOMEM));
    SYSCALL(EXPECT(timer_interval_set(COCO_INTERVAL_REAL, 0, 0, &old) == OK));
    sim_fail_allocation(-1);
    SYSCALL(EXPECT(timer_interval_set(COCO_INTERVAL_REAL, 1000 * 1000 * MS, 0, &old) == OK));
    process_exit(0);
}

/* Every period is told, as a signal or as an overrun. */
void user_timer_signals(uint64_t rdi)
{
    struct timer *timer = make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS);
    uint64_t start = arch_time_ns();
    uint64_t told = 0;

    (void)rdi;
    catch_signal();
    set(timer, MS / 4, MS / 4);
    while (told < 100) {
        struct coco_signal_info info;
        enum status status;

        SYSCALL(status = signal_wait(signal_bit(SIGNAL), WAIT_FOREVER, &info));
        EXPECT(status == OK && info.code == COCO_SIGNAL_FROM_TIMER && info.value == 5);
        told += 1 + info.status;
        EXPECT(told * (MS / 4) <= arch_time_ns() - start);
    }
    drop(timer);
    process_exit(0);
}

static struct timer *raced;
static uint32_t racing;

static void race(uint64_t rounds)
{
    uint64_t old;

    SYSCALL(EXPECT(signal_mask(COCO_SIGNAL_SET, signal_bit(SIGNAL), &old) == OK));
    for (uint64_t i = 0; i < rounds; i++) {
        struct coco_signal_info info;
        struct coco_timer_state state;
        enum status status;

        set(raced, 1 + i % 3 * 20000, i % 4 == 0 ? 0 : 1 + i % 5 * 1000);
        if (i % 2 == 0) {
            SYSCALL(status = signal_wait(signal_bit(SIGNAL), arch_time_ns() + 50000, &info));
            EXPECT(status == OK || status == ERR_AGAIN);
        }
        SYSCALL(timer_get(raced, i % 3 == 0, &state));
        sim_user_poll();
    }
    __atomic_fetch_sub(&racing, 1, __ATOMIC_SEQ_CST);
}

void user_timer_racer(uint64_t rdi)
{
    race(rdi);
    SYSCALL(thread_exit(0, uaddr(0)));
}

void user_timer_races(uint64_t rdi)
{
    const struct arch_user_entry entry = {.rip = sim_user_address(USER_TIMER_RACER), .rdi = 400};

    (void)rdi;
    catch_signal();
    raced = make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS);
    racing = 3;
    for (int i = 0; i < 2; i++) {
        struct thread *thread;

        SYSCALL(EXPECT(thread_start_user(&entry, &thread) == OK));
        SYSCALL(object_put(&thread->object));
    }
    race(400);
    while (__atomic_load_n(&racing, __ATOMIC_SEQ_CST) != 0) {
        sim_user_poll();
    }
    drop(raced);
    process_exit(0);
}

/* A call that still has a reference sets a timer after its last handle went. */
void user_timer_closed(uint64_t rdi)
{
    struct timer *timer = make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS);
    struct coco_timer_state state;

    (void)rdi;
    EXPECT(object_get(timer_object(timer)));
    drop(timer);
    SYSCALL(EXPECT(!timer_set(timer, FAR, 0, false, &state)));
    SYSCALL(timer_get(timer, false, &state));
    EXPECT(state.remaining == 0);
    SYSCALL(object_put(timer_object(timer)));
    process_exit(0);
}

static uint32_t met;

/* The two threads wait for each other, for the `times`th time. */
static void meet(uint32_t times)
{
    __atomic_fetch_add(&met, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&met, __ATOMIC_SEQ_CST) < 2 * times) {
        SYSCALL(sched_yield_cpu());
    }
}

void user_timer_setter(uint64_t rdi)
{
    for (uint32_t i = 0; i < rdi; i++) {
        struct coco_timer_state old;

        meet(2 * i + 1);
        set(raced, 1, 0);
        SYSCALL(EXPECT(timer_interval_set(COCO_INTERVAL_REAL, 2 * FAR, 0, &old) == OK));
        SYSCALL(object_put(timer_object(raced)));
        meet(2 * i + 2);
    }
    SYSCALL(thread_exit(0, uaddr(0)));
}

/* One thread sets a timer while the other closes it, and an interval timer while the other ends it:
 * that ends what was set, and is told of it, or comes first. */
void user_timer_ends(uint64_t rdi)
{
    const struct arch_user_entry entry = {.rip = sim_user_address(USER_TIMER_SETTER), .rdi = 1000};
    struct thread *thread;

    (void)rdi;
    catch_signal();
    SYSCALL(EXPECT(thread_start_user(&entry, &thread) == OK));
    SYSCALL(object_put(&thread->object));
    for (uint32_t i = 0; i < entry.rdi; i++) {
        struct coco_timer_state ended;
        struct coco_timer_state state;
        struct coco_signal_info info;
        enum status status = OK;

        raced = make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS);
        EXPECT(object_get(timer_object(raced)));
        SYSCALL(EXPECT(timer_interval_set(COCO_INTERVAL_REAL, FAR, 0, &state) == OK));
        meet(2 * i + 1);
        drop(raced);
        SYSCALL(EXPECT(timer_interval_set(COCO_INTERVAL_REAL, 0, 0, &ended) == OK));
        meet(2 * i + 2);
        SYSCALL(timer_interval_get(COCO_INTERVAL_REAL, &state));
        EXPECT((state.remaining != 0) != (ended.remaining > FAR));
        while (status == OK) {
            SYSCALL(status = signal_wait(signal_bit(SIGNAL), 0, &info));
        }
    }
    process_exit(0);
}

void user_timer_left(uint64_t rdi)
{
    struct coco_timer_state old;
    uint64_t pending = 0;

    (void)rdi;
    catch_signal();
    /* Handles of the process, which its end closes. */
    for (unsigned i = 0; i < 6; i++) {
        struct timer *timer = make(i % 4, i % 2 == 0 ? COCO_TIMER_PROCESS : COCO_TIMER_NOTHING);
        uint32_t number;

        set(timer, i < 4 ? 1 : 1000 * 1000 * MS, i < 2 ? 1 : 0);
        SYSCALL(EXPECT(handle_install(process_handles(process_current()), timer_object(timer),
                                      COCO_RIGHT_READ, &number) == OK));
        drop(timer);
    }
    SYSCALL(EXPECT(timer_interval_set(COCO_INTERVAL_PROFILE, 1000 * 1000 * MS, MS, &old) == OK));
    while (pending == 0) {
        SYSCALL(pending = signal_pending());
    }
    process_exit(0);
}
