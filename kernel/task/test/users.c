// SPDX-License-Identifier: MIT
#include "users.h"

#include <arch/timer.h>
#include <arch/trap.h>
#include <task/futex.h>
#include <task/robust.h>
#include <task/sched.h>

#include "sim/sim.h"

struct user_shared shared;

static void user_exit(uint64_t rdi)
{
    thread_exit((uint32_t)rdi, uaddr(0));
}

static void user_process_exit(uint64_t rdi)
{
    process_exit((uint32_t)rdi);
}

static void user_spin(uint64_t rdi)
{
    for (;;) {
        __atomic_fetch_add(&shared.counters[rdi], 1, __ATOMIC_RELAXED);
        sim_user_poll();
    }
}

static void user_sleep(uint64_t rdi)
{
    (void)rdi;
    for (;;) {
        SYSCALL(shared.result = (uint32_t)sched_sleep_until(WAIT_FOREVER));
    }
}

static uaddr_t word_address(uint32_t *word)
{
    return uaddr((uintptr_t)word);
}

static void user_futex_sleep(uint64_t rdi)
{
    (void)rdi;
    __atomic_fetch_add(&shared.counters[USER_FUTEX_MARK], 1, __ATOMIC_RELEASE);
    for (;;) {
        SYSCALL(shared.result = (uint32_t)futex_wait(word_address(&shared.word), 0, WAIT_FOREVER));
    }
}

static void mutex_take(void)
{
    uint32_t seen = 0;

    if (__atomic_compare_exchange_n(&shared.lock, &seen, 1, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED)) {
        return;
    }
    while (__atomic_exchange_n(&shared.lock, 2, __ATOMIC_ACQUIRE) != 0) {
        /* A deadline far off: a lost wake-up fails the test instead of hanging it. */
        enum status status = OK;

        SYSCALL(status =
                    futex_wait(word_address(&shared.lock), 2, arch_time_ns() + 200000000000ull));
        EXPECT(status == OK || status == ERR_AGAIN);
    }
}

static void mutex_leave(void)
{
    if (__atomic_exchange_n(&shared.lock, 0, __ATOMIC_RELEASE) == 2) {
        uint32_t woken;

        SYSCALL(EXPECT(futex_wake(word_address(&shared.lock), 1, &woken) == OK));
    }
}

static void user_locker(uint64_t rdi)
{
    for (uint32_t i = 0; i < shared.rounds; i++) {
        uint64_t before;

        mutex_take();
        before = shared.protected_count;
        if (i % 8 == 0) {
            SYSCALL(sched_yield_cpu());
        }
        shared.protected_count = before + 1;
        mutex_leave();
        sim_user_poll();
    }
    thread_exit((uint32_t)rdi, uaddr(0));
}

struct thread *user_start(enum user_function function, uint64_t argument)
{
    const struct arch_user_entry entry = {
        .rip = sim_user_address(function), .rsp = 0x700000000000, .rdi = argument};
    struct thread *thread = NULL;

    enum status status = thread_start_user(&entry, &thread);

    /* The process may be told to end just now; the way back to user mode does not return then. */
    EXPECT(status == OK || (status == ERR_CANCELED && thread_canceled()));
    return thread;
}

static void release(struct thread *thread)
{
    if (thread != NULL) {
        object_put(&thread->object);
    }
}

static void user_lockers(uint64_t rdi)
{
    struct thread *threads[USER_LOCKER_COUNT];

    (void)rdi;
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        SYSCALL(threads[i] = user_start(USER_LOCKER, i));
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        uint32_t code = 0;

        SYSCALL(EXPECT(thread_wait(threads[i], WAIT_FOREVER, &code) == OK));
        EXPECT(code == i);
        SYSCALL(object_put(&threads[i]->object));
    }
    thread_exit(0, uaddr(0));
}

static void user_threads(uint64_t rdi)
{
    static const enum user_function functions[] = {USER_SLEEP, USER_SPIN, USER_FUTEX_SLEEP,
                                                   USER_SPIN};

    (void)rdi;
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
        SYSCALL(release(user_start(functions[i], i)));
    }
    __atomic_store_n(&shared.counters[8], 1, __ATOMIC_RELEASE);
    if (shared.rounds == 0) {
        user_sleep(0);
    }
    process_exit(shared.rounds);
}

static void user_turns(uint64_t rdi)
{
    (void)rdi;
    for (uint64_t i = 1; i <= 2; i++) {
        SYSCALL(release(user_start(USER_SPIN, i)));
    }
    for (uint32_t i = 0; i < shared.rounds; i++) {
        SYSCALL(EXPECT(sched_sleep_until(arch_time_ns() + 1000000) == OK));
    }
    process_exit(7);
}

static void user_fault_loop(uint64_t rdi)
{
    static const struct arch_registers registers = {.rax = 0x1234};
    const struct arch_exception exception = {.vector = ARCH_VECTOR_PAGE_FAULT,
                                             .error_code = 6,
                                             .address = shared.block,
                                             .rip = 0x401234,
                                             .rsp = 0x7000,
                                             .registers = &registers};

    (void)rdi;
    if (!user_fault(shared.block, ARCH_ACCESS_WRITE)) {
        user_exception(&exception);
    }
    sim_user_poll();
    thread_exit(5, uaddr(0));
}

static void user_block(uint64_t rdi)
{
    shared.block = rdi;
    __atomic_store_n(&shared.counters[8], 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&shared.counters[9], __ATOMIC_ACQUIRE) == 0) {
        sim_user_poll();
    }
    thread_exit(7, uaddr(0));
}

static void user_clear(uint64_t rdi)
{
    thread_exit(0, uaddr(rdi));
}

static void user_robust(uint64_t rdi)
{
    static struct coco_robust_table table = {.count = 3};
    uint32_t id = (uint32_t)thread_id(thread_current()) & COCO_ROBUST_OWNER;

    (void)rdi;
    table.words[0] = 8; /* faults */
    table.words[1] = (uintptr_t)&shared.word + 1;
    table.words[2] = (uintptr_t)&shared.word;
    shared.word = (shared.rounds == 0 ? id : id + 1) | COCO_ROBUST_WAITED;
    SYSCALL(EXPECT(robust_set(uaddr((uintptr_t)&table + 4)) == ERR_INVAL));
    SYSCALL(EXPECT(robust_set(uaddr(COCO_USER_END)) == ERR_INVAL));
    SYSCALL(EXPECT(robust_set(uaddr((uintptr_t)&table)) == OK));
    thread_exit(21, uaddr(0));
}

static void user_clear_join(uint64_t rdi)
{
    (void)rdi;
    for (uint32_t i = 0; i < shared.rounds; i++) {
        __atomic_store_n(&shared.word, i + 1, __ATOMIC_RELEASE);
        SYSCALL(release(user_start(USER_CLEAR, (uintptr_t)&shared.word)));
        while (__atomic_load_n(&shared.word, __ATOMIC_ACQUIRE) != 0) {
            enum status status = OK;

            SYSCALL(status = futex_wait(word_address(&shared.word), i + 1,
                                        arch_time_ns() + 200000000000ull));
            EXPECT(status == OK || status == ERR_AGAIN);
        }
    }
    thread_exit(77, uaddr(0)); /* the last to begin to end, so the process's code */
}

static void user_join(uint64_t rdi)
{
    (void)rdi;
    for (uint32_t i = 0; i < shared.rounds; i++) {
        struct thread *thread = NULL;
        uint32_t code = 0;

        SYSCALL(thread = user_start(USER_EXIT, i));
        SYSCALL(EXPECT(thread_wait(thread, WAIT_FOREVER, &code) == OK));
        EXPECT(code == (i & 0xffff));
        SYSCALL(object_put(&thread->object));
    }
    thread_exit(0, uaddr(0));
}

/* As when whoever asks the thread to end is held up after it has set the bit. */
static enum status see_request_early(void)
{
    struct thread *thread = thread_current();

    __atomic_fetch_or(&thread->requests, THREAD_REQUEST_END, __ATOMIC_RELAXED);
    if (shared.rounds == 0) {
        return thread_canceled() ? ERR_CANCELED : OK;
    }
    return sched_block(WAIT_FOREVER, WAIT_KILLABLE);
}

static void user_end_seen_early(uint64_t rdi)
{
    (void)rdi;
    SYSCALL(EXPECT(see_request_early() == ERR_CANCELED));
    process_exit(114); /* not in user mode any more */
}

void (*const sim_user_functions[])(uint64_t rdi) = {
    [USER_EXIT] = user_exit,
    [USER_PROCESS_EXIT] = user_process_exit,
    [USER_SPIN] = user_spin,
    [USER_SLEEP] = user_sleep,
    [USER_FUTEX_SLEEP] = user_futex_sleep,
    [USER_LOCKER] = user_locker,
    [USER_THREADS] = user_threads,
    [USER_FAULT] = user_fault_loop,
    [USER_BLOCK] = user_block,
    [USER_CLEAR] = user_clear,
    [USER_ROBUST] = user_robust,
    [USER_CLEAR_JOIN] = user_clear_join,
    [USER_LOCKERS] = user_lockers,
    [USER_SIGNAL_NO_MEMORY] = user_signal_no_memory,
    [USER_SIGNAL_MAIN] = user_signal_main,
    [USER_SIGNAL_RECEIVER] = user_signal_receiver,
    [USER_SIGNAL_SENDER] = user_signal_sender,
    [USER_SIGNAL_LEFT] = user_signal_left,
    [USER_SIGNAL_SELF] = user_signal_self,
    [USER_FAMILY] = user_family,
    [USER_EXEC] = user_exec,
    [USER_EXEC_AMONG_THREADS] = user_exec_among_threads,
    [USER_TIMER_NO_MEMORY] = user_timer_no_memory,
    [USER_TIMER_SIGNALS] = user_timer_signals,
    [USER_TIMER_RACES] = user_timer_races,
    [USER_TIMER_RACER] = user_timer_racer,
    [USER_TIMER_LEFT] = user_timer_left,
    [USER_TIMER_CLOSED] = user_timer_closed,
    [USER_TIMER_ENDS] = user_timer_ends,
    [USER_TIMER_SETTER] = user_timer_setter,
    [USER_END_SEEN_EARLY] = user_end_seen_early,
    [USER_JOIN] = user_join,
    [USER_TURNS] = user_turns,
};

const unsigned sim_user_function_count = ARRAY_SIZE(sim_user_functions);
