// SPDX-License-Identifier: MIT
// pthread.h brings the C library's sched_yield, which the kernel's task module also names; object
// does not know task, so nothing clashes here.
#include "host_sched.h"

#include <arch/cpu.h>
#include <arch_impl/host.h>
#include <base/panic.h>
#include <mm/aspace.h>
#include <object/call_state.h>
#include <pthread.h>
#include <time.h>
#include <unit.h>

struct thread {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool pending;
    bool cancel;
};

static struct thread threads[ARCH_CPU_MAX];

__attribute__((constructor)) static void threads_init(void)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        pthread_mutex_init(&threads[i].lock, NULL);
        pthread_cond_init(&threads[i].changed, &attributes);
    }
}

uint64_t host_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct thread *sched_current(void)
{
    return &threads[arch_cpu_id()];
}

enum status sched_block(uint64_t deadline, enum wait_mode mode)
{
    struct thread *thread = sched_current();
    const uint64_t limit = deadline == WAIT_FOREVER ? host_now() + 300000000000ull : deadline;
    const struct timespec until = {.tv_sec = (time_t)(limit / 1000000000u),
                                   .tv_nsec = (long)(limit % 1000000000u)};
    enum status status = OK;

    pthread_mutex_lock(&thread->lock);
    while (status == OK && !thread->pending) {
        if (mode != WAIT_UNINTERRUPTIBLE && thread->cancel) {
            status = ERR_CANCELED;
        } else if (pthread_cond_timedwait(&thread->changed, &thread->lock, &until) != 0 &&
                   !thread->pending) {
            /* Waiting for ever ends after 300 s, as a failure: a wake-up was lost. */
            status = deadline == WAIT_FOREVER ? ERR_UNKNOWN : ERR_TIMEDOUT;
        }
    }
    if (status == OK) {
        thread->pending = false;
    }
    pthread_mutex_unlock(&thread->lock);
    return status;
}

void sched_wake(struct thread *thread)
{
    pthread_mutex_lock(&thread->lock);
    thread->pending = true;
    pthread_cond_signal(&thread->changed);
    pthread_mutex_unlock(&thread->lock);
}

static struct call_state call_states[ARCH_CPU_MAX];

struct call_state *sched_call_state(void)
{
    return &call_states[arch_cpu_id()];
}

/* Threads have CPUs of their own: nothing can be handed over. */
bool sched_claim(struct thread *thread)
{
    sched_wake(thread);
    return false;
}

enum status sched_block_for(struct thread *claimed, uint64_t deadline, enum wait_mode mode)
{
    (void)claimed;
    (void)deadline;
    (void)mode;
    panic("nothing was claimed");
}

void sched_resume(struct thread *claimed)
{
    (void)claimed;
    panic("nothing was claimed");
}

bool sched_hand_over_begin(struct thread *thread, enum wait_mode mode)
{
    (void)thread;
    (void)mode;
    return false;
}

enum status sched_hand_over(struct thread *thread, enum wait_mode mode, struct spinlock *held)
{
    (void)thread;
    (void)mode;
    (void)held;
    panic("nothing was begun");
}

void host_thread_cancel(unsigned index)
{
    pthread_mutex_lock(&threads[index].lock);
    threads[index].cancel = true;
    pthread_cond_signal(&threads[index].changed);
    pthread_mutex_unlock(&threads[index].lock);
}

void host_thread_reset(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        threads[i].cancel = false;
        threads[i].pending = false;
    }
}

struct start {
    void (*function)(void *argument);
    void *argument;
    unsigned cpu;
};

static void *thread_main(void *argument)
{
    const struct start *start = argument;

    host_cpu_set(start->cpu);
    start->function(start->argument);
    return NULL;
}

void host_threads_run(unsigned count, void (*function)(void *argument), void *argument)
{
    struct start starts[ARCH_CPU_MAX];
    pthread_t ids[ARCH_CPU_MAX];

    host_cpu_count_set(count + 1);
    for (unsigned i = 0; i < count; i++) {
        starts[i] = (struct start){function, argument, i + 1};
        UNIT_EQUAL(pthread_create(&ids[i], NULL, thread_main, &starts[i]), 0);
    }
    for (unsigned i = 0; i < count; i++) {
        pthread_join(ids[i], NULL);
    }
    host_cpu_count_set(1);
}

/* Upcalls of mm, which is linked but has no address space to work on here. */
struct aspace *aspace_current(void)
{
    return NULL; /* the kernel itself */
}

void sched_check(void)
{
    panic("unexpected upcall");
}
