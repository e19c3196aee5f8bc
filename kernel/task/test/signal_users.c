// SPDX-License-Identifier: MIT
// User code that sends and takes signals. Handlers run on a signal stack, as user code of the
// simulation has no stack pointer of its own.
#include <arch/timer.h>
#include <string.h>
#include <task/futex.h>
#include <task/sched.h>
#include <task/signal.h>

#include "sim/sim.h"
#include "users.h"

#define FIRST 32u /* signals of which every instance is kept */
#define KINDS 4u
#define STACK_SIZE 65536u
#define QUEUED_LIMIT (COCO_SIGNAL_QUEUE_MAX / 2)

static void handler(uint64_t frame)
{
    const struct coco_signal_frame *delivered = (const struct coco_signal_frame *)frame;

    __atomic_fetch_add(&shared.counters[delivered->info.signal - FIRST], delivered->info.value,
                       __ATOMIC_RELAXED);
    __atomic_fetch_add(&shared.counters[KINDS], 1, __ATOMIC_SEQ_CST);
    SYSCALL(signal_return(uaddr(frame)));
}

static void catch_all(void)
{
    const struct coco_signal_action action = {
        .handler = 2,
        .entry = (uintptr_t)handler,
        .flags = COCO_SIGNAL_ON_STACK,
    };

    for (uint32_t i = 0; i < KINDS; i++) {
        SYSCALL(EXPECT(signal_action(FIRST + i, &action, NULL) == OK));
    }
}

void user_signal_no_memory(uint64_t rdi)
{
    const struct coco_signal_action action = {.handler = COCO_SIGNAL_IGNORE};
    struct coco_signal_action found;

    (void)rdi;
    sim_fail_allocation(0);
    SYSCALL(EXPECT(signal_action(FIRST, &action, NULL) == ERR_NOMEM));
    EXPECT(sim_failure_delivered());
    SYSCALL(EXPECT(signal_action(FIRST, NULL, &found) == OK));
    EXPECT(found.handler == COCO_SIGNAL_DEFAULT);
    sim_fail_allocation(-1);
    SYSCALL(EXPECT(signal_action(FIRST, &action, NULL) == OK));
    process_exit(0);
}

/* Takes signals: in waits, while it computes, and with some of them blocked in turn. */
void user_signal_receiver(uint64_t rdi)
{
    uint8_t *stack = malloc(STACK_SIZE);
    uint64_t old;

    SYSCALL(EXPECT(signal_stack(uaddr((uintptr_t)stack), STACK_SIZE) == OK));
    for (uint32_t i = 0; __atomic_load_n(&shared.counters[9], __ATOMIC_ACQUIRE) == 0; i++) {
        enum status status;

        SYSCALL(EXPECT(signal_mask(COCO_SIGNAL_SET, signal_bit(FIRST + (i + (uint32_t)rdi) % KINDS),
                                   &old) == OK));
        if (i % 3 == 0) {
            SYSCALL(status =
                        futex_wait(uaddr((uintptr_t)&shared.word), 0, arch_time_ns() + 200000));
            EXPECT(status == OK || status == ERR_TIMEDOUT || status == ERR_INTR ||
                   status == ERR_AGAIN || status == ERR_CANCELED);
        } else {
            sim_user_poll();
        }
    }
    SYSCALL(EXPECT(signal_mask(COCO_SIGNAL_SET, UINT64_MAX, &old) == OK));
    SYSCALL(EXPECT(signal_stack(uaddr(0), 0) == OK));
    free(stack);
    thread_exit(0, uaddr(0));
}

void user_signal_sender(uint64_t rdi)
{
    for (uint32_t i = 0; i < shared.rounds; i++) {
        const struct coco_signal_info info = {.signal = FIRST + i % KINDS, .value = 1};

        while (__atomic_load_n(&shared.counters[8], __ATOMIC_SEQ_CST) -
                   __atomic_load_n(&shared.counters[KINDS], __ATOMIC_SEQ_CST) >
               QUEUED_LIMIT) {
            SYSCALL(sched_yield_cpu());
        }
        __atomic_fetch_add(&shared.counters[8], 1, __ATOMIC_SEQ_CST);
        SYSCALL(EXPECT(signal_send_process(process_current(), &info, true) == OK));
    }
    thread_exit((uint32_t)rdi, uaddr(0));
}

#define THREADS 3u

/* Every signal sent is taken exactly once, whoever blocks what meanwhile. Exits with 0. */
void user_signal_main(uint64_t rdi)
{
    struct thread *receivers[THREADS];
    struct thread *senders[THREADS];
    uint32_t code = 0;
    uint64_t old;

    (void)rdi;
    memset(&shared, 0, sizeof(shared));
    shared.rounds = 400;
    catch_all();
    /* This thread and the senders block all: they have no stack for handlers. */
    SYSCALL(EXPECT(signal_mask(COCO_SIGNAL_SET, UINT64_MAX, &old) == OK));
    for (uint32_t i = 0; i < THREADS; i++) {
        SYSCALL(receivers[i] = user_start(USER_SIGNAL_RECEIVER, i));
        SYSCALL(senders[i] = user_start(USER_SIGNAL_SENDER, i));
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        SYSCALL(EXPECT(thread_wait(senders[i], WAIT_FOREVER, &code) == OK));
        SYSCALL(object_put(&senders[i]->object));
    }
    while (__atomic_load_n(&shared.counters[KINDS], __ATOMIC_SEQ_CST) < THREADS * shared.rounds) {
        SYSCALL(EXPECT(sched_sleep_until(arch_time_ns() + 100000) == OK));
    }
    __atomic_store_n(&shared.counters[9], 1, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < THREADS; i++) {
        SYSCALL(EXPECT(thread_wait(receivers[i], WAIT_FOREVER, &code) == OK));
        SYSCALL(object_put(&receivers[i]->object));
    }
    for (uint32_t i = 0; i < KINDS; i++) {
        EXPECT(shared.counters[i] == THREADS * shared.rounds / KINDS);
    }
    process_exit(0);
}

void user_signal_left(uint64_t rdi)
{
    const struct coco_signal_info info = {.signal = FIRST};
    uint64_t old;

    (void)rdi;
    SYSCALL(EXPECT(signal_mask(COCO_SIGNAL_SET, UINT64_MAX, &old) == OK));
    for (uint32_t i = 0; i < 20; i++) {
        SYSCALL(EXPECT(signal_send_process(process_current(), &info, true) == OK));
        SYSCALL(EXPECT(signal_send_thread(0, &info, true) == OK));
    }
    process_exit(0);
}

void user_signal_self(uint64_t rdi)
{
    const struct coco_signal_info info = {.signal = shared.rounds};

    (void)rdi;
    SYSCALL(EXPECT(signal_send_thread(0, &info, false) == OK));
    process_exit(5);
}
