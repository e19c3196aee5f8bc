// SPDX-License-Identifier: MIT
// Tests of `thread_affinity_set`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "timers.h"

static unsigned cpu_count(void)
{
    return (unsigned)coco_query(COCO_QUERY_CPU_COUNT);
}

static uint64_t all(void)
{
    return (1ull << cpu_count()) - 1;
}

static int64_t limit(uint64_t processors)
{
    return coco_thread_affinity_set(0, 0, processors);
}

TEST(thread_affinity_set, bad_sets, RULE("thread_affinity_set.2"),
     RULE("thread_affinity_set.EINVAL"))
{
    EXPECT_ERROR(limit(0), INVAL);
    EXPECT_ERROR(limit(~all()), INVAL);
    EXPECT_ERROR(limit(1ull << cpu_count()), INVAL);
    EXPECT_ERROR(limit(1ull << 32), INVAL);
    EXPECT_EQ(coco_thread_affinity_get(0, 0), (int64_t)all());
    EXPECT_OK(limit(~all() | 1));
    EXPECT_EQ(coco_thread_affinity_get(0, 0), 1);
    EXPECT_OK(limit(UINT64_MAX));
    EXPECT_EQ(coco_thread_affinity_get(0, 0), (int64_t)all());
}

TEST(thread_affinity_set, the_caller_moves, RULE("thread_affinity_set.3"))
{
    for (unsigned i = 0; i < 8 * cpu_count(); i++) {
        unsigned wanted = i * 3 % cpu_count();
        EXPECT_OK(limit(1ull << wanted));
        EXPECT_EQ(coco_thread_processor(), wanted);
        /* It stays there, whatever it does. */
        EXPECT_OK(coco_thread_yield());
        EXPECT_EQ(coco_thread_processor(), wanted);
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
        EXPECT_EQ(coco_thread_processor(), wanted);
    }
    EXPECT_OK(limit(all()));
}

/* Threads that say all the time where they are. */
static uint32_t stop;  /* atomic */
static uint32_t where; /* atomic: bit per CPU */
static uint64_t mover; /* atomic: a thread's id */

static void look_around(void *unused)
{
    (void)unused;
    __atomic_store_n(&mover, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    while (__atomic_load_n(&stop, __ATOMIC_ACQUIRE) == 0) {
        __atomic_fetch_or(&where, 1u << coco_thread_processor(), __ATOMIC_ACQ_REL);
    }
}

static void doze_around(void *unused)
{
    (void)unused;
    __atomic_store_n(&mover, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    while (__atomic_load_n(&stop, __ATOMIC_ACQUIRE) == 0) {
        __atomic_fetch_or(&where, 1u << coco_thread_processor(), __ATOMIC_ACQ_REL);
        (void)coco_sleep_until(deadline_after(MILLISECONDS / 2));
    }
}

/* Waits until the other thread has been somewhere since `where` was cleared; where that is. */
static uint32_t seen(void)
{
    uint64_t end = deadline_after(60 * SECONDS);
    while (__atomic_load_n(&where, __ATOMIC_ACQUIRE) == 0 && deadline_after(0) < end) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    (void)coco_sleep_until(deadline_after(3 * MILLISECONDS));
    return __atomic_load_n(&where, __ATOMIC_ACQUIRE);
}

static void move_other(void (*run)(void *))
{
    struct thread thread;
    uint64_t id;
    stop = 0;
    mover = 0;
    REQUIRE_OK(thread_start(&thread, run, NULL));
    while ((id = __atomic_load_n(&mover, __ATOMIC_ACQUIRE)) == 0) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    for (unsigned i = 0; i < 6 * cpu_count(); i++) {
        uint32_t wanted = 1u << (i * 3 % cpu_count());
        EXPECT_OK(coco_thread_affinity_set(0, id, wanted));
        EXPECT_EQ(coco_thread_affinity_get(0, id), wanted);
        (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
        __atomic_store_n(&where, 0, __ATOMIC_RELEASE);
        (void)seen();
        __atomic_store_n(&where, 0, __ATOMIC_RELEASE); /* what it had asked for before it moved */
        EXPECT_EQ(seen(), wanted);
    }
    EXPECT_EQ(coco_thread_affinity_get(0, 0), (int64_t)all());
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    EXPECT_OK(thread_join(&thread));
}

TEST(thread_affinity_set, others_move, RULE("thread_affinity_set.1"), RULE("thread_affinity_set.3"))
{
    move_other(look_around);
    move_other(doze_around);
}

/* All on one CPU, the others idle: nobody is taken away from it, and all get on. */
static uint32_t strays; /* atomic */

static void stay(void *processor)
{
    for (unsigned i = 0; i < 40; i++) {
        if (coco_thread_processor() != (int64_t)(uintptr_t)processor) {
            __atomic_fetch_add(&strays, 1, __ATOMIC_ACQ_REL);
        }
        timers_compute(MILLISECONDS);
        if (i % 4 == 0) {
            (void)coco_sleep_until(deadline_after(MILLISECONDS));
        }
    }
}

TEST(thread_affinity_set, not_stolen, RULE("thread_affinity_set.3"), RULE("thread_affinity_set.4"))
{
    struct thread threads[5];
    unsigned last = cpu_count() - 1;
    strays = 0;
    EXPECT_OK(limit(1ull << last));
    for (size_t i = 0; i < 5; i++) {
        REQUIRE_OK(thread_start(&threads[i], stay, (void *)(uintptr_t)last));
    }
    EXPECT_OK(limit(all()));
    for (size_t i = 0; i < 5; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_EQ(strays, 0);
}

static uint32_t tell_set(void *unused)
{
    (void)unused;
    return (uint32_t)coco_thread_affinity_get(0, 0);
}

TEST(thread_affinity_set, inherited, RULE("thread_affinity_set.4"))
{
    struct coco_exit_status status = {.code = 99};
    unsigned last = cpu_count() - 1;
    EXPECT_OK(limit(1ull << last));
    EXPECT_EQ(fork_run(tell_set, NULL), 1u << last);
    int64_t process = child_spawn(&(struct child){.arguments = {"affinity_tell"}});
    EXPECT_TRUE(process > 0 && child_wait(process, &status));
    EXPECT_EQ(status.code, 1u << last);
    EXPECT_OK(limit(all()));
}

TEST(thread_affinity_set, a_process, RULE("thread_affinity_set.1"),
     RULE("thread_affinity_set.ESRCH"))
{
    uint64_t child = fork_sleeper();
    EXPECT_OK(coco_thread_affinity_set(child, COCO_SCHEDULE_ALL, 1));
    EXPECT_EQ(coco_thread_affinity_get(child, COCO_SCHEDULE_ALL), 1);
    EXPECT_EQ(coco_thread_affinity_get(0, 0), (int64_t)all());
    EXPECT_ERROR(coco_thread_affinity_set(child, 0, 1), SRCH);
    EXPECT_ERROR(coco_thread_affinity_set(child, 0, 0), INVAL);
    EXPECT_ERROR(coco_thread_affinity_set(UINT64_MAX, COCO_SCHEDULE_ALL, 1), SRCH);
    fork_end(child);
    EXPECT_ERROR(coco_thread_affinity_set(child, COCO_SCHEDULE_ALL, 1), SRCH);
}

TEST(thread_affinity_set, who_may, RULE("thread_affinity_set.1"), RULE("thread_affinity_set.EPERM"))
{
    char number[24];
    int64_t result = 0;
    print_to(number, sizeof(number), "%u", (unsigned)coco_process_id());
    const struct child child = {.arguments = {"affinity_set", number}};
    REQUIRE(child_answer(&child, &result, sizeof(result)));
    EXPECT_ERROR(result, PERM);
    EXPECT_EQ(coco_thread_affinity_get(0, 0), (int64_t)all());
}
