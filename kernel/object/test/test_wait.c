// SPDX-License-Identifier: MIT
// Waiting, with host threads that really run at the same time.
#include "host_sched.h"

#include <object/mutex.h>
#include <unit.h>

static struct wait_queue queue;

UNIT_TEST(wait_deadline_passes)
{
    struct waiter waiter;
    uint64_t start = host_now();

    host_thread_reset();
    wait_queue_init(&queue);
    wait_prepare(&queue, &waiter);
    UNIT_EQUAL(wait_commit(&waiter, start + 5000000), ERR_TIMEDOUT);
    UNIT_CHECK(host_now() >= start + 5000000);
    UNIT_CHECK(list_empty(&queue.waiters));
    UNIT_EQUAL(wait_wake(&queue, WAIT_ALL), 0);
}

UNIT_TEST(wait_wake_before_commit_counts)
{
    struct waiter waiter;

    host_thread_reset();
    wait_queue_init(&queue);
    wait_prepare(&queue, &waiter);
    UNIT_EQUAL(wait_wake(&queue, 5), 1);
    UNIT_OK(wait_commit(&waiter, 0));
}

UNIT_TEST(wait_cancel_tells_of_a_wake)
{
    struct waiter waiter;

    host_thread_reset();
    wait_queue_init(&queue);
    wait_prepare(&queue, &waiter);
    UNIT_CHECK(!wait_cancel(&waiter));
    UNIT_CHECK(list_empty(&queue.waiters));
    wait_prepare(&queue, &waiter);
    UNIT_EQUAL(wait_wake(&queue, 1), 1);
    UNIT_CHECK(wait_cancel(&waiter));
    /* the wake-up that is left over does not end the next wait */
    wait_prepare(&queue, &waiter);
    UNIT_EQUAL(wait_commit(&waiter, host_now() + 1000000), ERR_TIMEDOUT);
}

UNIT_TEST(wait_ends_when_the_thread_has_to)
{
    struct waiter waiter;

    host_thread_reset();
    wait_queue_init(&queue);
    host_thread_cancel(0);
    wait_prepare(&queue, &waiter);
    UNIT_EQUAL(wait_commit(&waiter, WAIT_FOREVER), ERR_CANCELED);
    /* woken and cancelled: the wake-up is not lost */
    wait_prepare(&queue, &waiter);
    UNIT_EQUAL(wait_wake(&queue, 1), 1);
    UNIT_OK(wait_commit(&waiter, WAIT_FOREVER));
    wait_prepare(&queue, &waiter);
    UNIT_EQUAL(wait_wake(&queue, 1), 1);
    wait_commit_uninterruptible(&waiter);
    host_thread_reset();
}

UNIT_TEST(wait_wakes_in_order)
{
    struct waiter waiters[3];

    host_thread_reset();
    wait_queue_init(&queue);
    for (unsigned i = 0; i < 3; i++) {
        wait_prepare(&queue, &waiters[i]);
    }
    UNIT_EQUAL(wait_wake(&queue, 0), 0);
    UNIT_EQUAL(wait_wake(&queue, 2), 2);
    UNIT_CHECK(!waiters[0].queued && !waiters[1].queued && waiters[2].queued);
    UNIT_EQUAL(wait_wake(&queue, WAIT_ALL), 1);
}

#define MUTEX_ROUNDS 3000u
#define MUTEX_THREADS 4u

static struct mutex mutex;
static uint64_t guarded;

static void mutex_worker(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < MUTEX_ROUNDS; i++) {
        if (i % 5 != 0 || !mutex_trylock(&mutex)) {
            mutex_lock(&mutex);
        }
        guarded++; /* the sanitizer's build does not merge these */
        mutex_unlock(&mutex);
    }
}

UNIT_TEST(mutex_excludes)
{
    host_thread_reset();
    mutex_init(&mutex);
    guarded = 0;
    host_threads_run(MUTEX_THREADS, mutex_worker, NULL);
    UNIT_EQUAL(guarded, MUTEX_ROUNDS * MUTEX_THREADS);
    UNIT_EQUAL(mutex.state != 0 && list_empty(&mutex.waiters.waiters), 0);
}

static void unlock_free(void *argument)
{
    (void)argument;
    mutex_init(&mutex);
    mutex_unlock(&mutex);
}

UNIT_TEST(mutex_unlock_of_a_free_one_panics)
{
    UNIT_CHECK(unit_panics(unlock_free, NULL, "unlocked twice"));
}

/* Tokens go from one producer to many consumers; each wake-up brings exactly one. */
#define TOKENS 6000u

static uint32_t tokens; /* guarded by the queue's lock */
static uint32_t taken;  /* atomic */

static void token_worker(void *argument)
{
    bool producer = __atomic_fetch_add((uint32_t *)argument, 1, __ATOMIC_RELAXED) == 0;

    for (unsigned i = 0; producer && i < TOKENS; i++) {
        irqflags_t flags = spin_lock_irqsave(&queue.lock);

        tokens++;
        spin_unlock_irqrestore(&queue.lock, flags);
        wait_wake(&queue, 1);
    }
    while (!producer && __atomic_load_n(&taken, __ATOMIC_RELAXED) < TOKENS) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&queue.lock);
        bool have = tokens != 0;

        if (have) {
            tokens--;
        } else {
            wait_prepare_locked(&queue, &waiter);
        }
        spin_unlock_irqrestore(&queue.lock, flags);
        if (have) {
            __atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
        } else {
            enum status status = wait_commit(&waiter, host_now() + 2000000);

            UNIT_CHECK(status == OK || status == ERR_TIMEDOUT);
        }
    }
}

UNIT_TEST(wait_loses_nothing)
{
    uint32_t role = 0;

    host_thread_reset();
    wait_queue_init(&queue);
    tokens = 0;
    taken = 0;
    host_threads_run(4, token_worker, &role);
    UNIT_EQUAL(taken, TOKENS);
    UNIT_EQUAL(tokens, 0);
}
