// SPDX-License-Identifier: MIT
// Tests of `schedule_set`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"
#include "timers.h"
#include "turns.h"

static int64_t set(uint64_t thread, uint32_t policy, uint32_t priority, uint32_t what)
{
    const struct coco_schedule schedule = {.policy = policy, .priority = priority};
    return coco_schedule_set(0, thread, COCO_SCHEDULE_SET_POLICY | what, &schedule);
}

static int64_t set_nice(uint64_t process, int32_t nice)
{
    const struct coco_schedule schedule = {.nice = nice};
    return coco_schedule_set(process, COCO_SCHEDULE_ALL, COCO_SCHEDULE_SET_NICE, &schedule);
}

static struct coco_schedule get(uint64_t process, uint64_t thread)
{
    struct coco_schedule found;
    memset(&found, 0xff, sizeof(found));
    EXPECT_OK(coco_schedule_get(process, thread, &found));
    return found;
}

TEST(schedule_set, policies, RULE("schedule_set.2"))
{
    EXPECT_OK(set(0, COCO_SCHEDULE_FIFO, 1, 0));
    EXPECT_EQ(get(0, 0).policy, COCO_SCHEDULE_FIFO);
    EXPECT_EQ(get(0, 0).priority, 1);
    EXPECT_EQ(get(0, 0).turn, 0);
    EXPECT_OK(set(0, COCO_SCHEDULE_ROUND_ROBIN, COCO_SCHEDULE_PRIORITY_MAX, 0));
    EXPECT_EQ(get(0, 0).policy, COCO_SCHEDULE_ROUND_ROBIN);
    EXPECT_EQ(get(0, 0).priority, COCO_SCHEDULE_PRIORITY_MAX);
    EXPECT_TRUE(get(0, 0).turn > 0);
    EXPECT_OK(set(0, COCO_SCHEDULE_ROUND_ROBIN, 2, COCO_SCHEDULE_LOWER_FIRST));
    EXPECT_EQ(get(0, 0).priority, 2);
    EXPECT_OK(set(0, COCO_SCHEDULE_OTHER, 0, 0));
    EXPECT_EQ(get(0, 0).policy, COCO_SCHEDULE_OTHER);
}

static uint64_t inherited; /* priority + 1 */

static void tell_priority(void *unused)
{
    (void)unused;
    inherited = get(0, 0).priority + 1;
    (void)set(0, COCO_SCHEDULE_OTHER, 0, 0);
}

static uint32_t exit_with_priority(void *unused)
{
    (void)unused;
    return get(0, 0).priority;
}

static int64_t ask_child(uint32_t flags)
{
    char storage[4096];
    struct coco_spawn spawn;
    struct coco_exit_status status = {.code = 99};
    const struct child child = {.arguments = {"schedule_tell"}};
    child_prepare(&child, &spawn, storage);
    spawn.flags = flags;
    int64_t process = coco_process_spawn(&spawn);
    return EXPECT_TRUE(process > 0) && child_wait(process, &status) ? (int64_t)status.code : -1;
}

TEST(schedule_set, inherited, RULE("schedule_set.5"))
{
    struct thread thread;
    inherited = 0;
    EXPECT_OK(set(0, COCO_SCHEDULE_FIFO, 7, 0));
    REQUIRE_OK(thread_start(&thread, tell_priority, NULL));
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(inherited, 8);
    EXPECT_EQ(fork_run(exit_with_priority, NULL), 7);
    EXPECT_EQ(ask_child(COCO_SPAWN_MAY_CONTROL), 7);
    EXPECT_EQ(ask_child(0), 0);
    EXPECT_OK(set(0, COCO_SCHEDULE_OTHER, 0, 0));
}

TEST(schedule_set, all_threads_of_a_process, RULE("schedule_set.1"), RULE("schedule_set.ESRCH"))
{
    const struct coco_schedule wanted = {.policy = COCO_SCHEDULE_ROUND_ROBIN, .priority = 3};
    uint64_t child = fork_sleeper();
    EXPECT_OK(coco_schedule_set(child, COCO_SCHEDULE_ALL, COCO_SCHEDULE_SET_POLICY, &wanted));
    EXPECT_EQ(get(child, COCO_SCHEDULE_ALL).priority, 3);
    EXPECT_EQ(get(0, 0).priority, 0);
    EXPECT_ERROR(coco_schedule_set(child, 0, COCO_SCHEDULE_SET_POLICY, &wanted), SRCH);
    EXPECT_ERROR(
        coco_schedule_set(UINT64_MAX, COCO_SCHEDULE_ALL, COCO_SCHEDULE_SET_POLICY, &wanted), SRCH);
    fork_end(child);
    EXPECT_ERROR(coco_schedule_set(child, COCO_SCHEDULE_ALL, COCO_SCHEDULE_SET_POLICY, &wanted),
                 SRCH);
}

TEST(schedule_set, bad_values, RULE("schedule_set.7"), RULE("schedule_set.EINVAL"))
{
    const struct coco_schedule bad[] = {
        {.policy = 3, .priority = 1},
        {.policy = UINT32_MAX},
        {.policy = COCO_SCHEDULE_OTHER, .priority = 1},
        {.policy = COCO_SCHEDULE_FIFO, .priority = 0},
        {.policy = COCO_SCHEDULE_FIFO, .priority = COCO_SCHEDULE_PRIORITY_MAX + 1},
        {.policy = COCO_SCHEDULE_ROUND_ROBIN, .priority = UINT32_MAX},
        {.reserved = 1},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_ERROR(coco_schedule_set(0, 0, COCO_SCHEDULE_SET_POLICY, &bad[i]), INVAL);
    }
    EXPECT_ERROR(coco_schedule_set(0, 0, COCO_SCHEDULE_MASK + 1, &bad[1]), INVAL);
    EXPECT_EQ(get(0, 0).policy, COCO_SCHEDULE_OTHER);
}

TEST(schedule_set, nice_values, RULE("schedule_set.4"))
{
    uint64_t turn = get(0, 0).turn;
    EXPECT_OK(set_nice(0, 10));
    EXPECT_EQ(get(0, 0).nice, 10);
    EXPECT_EQ(get(0, 0).turn, turn / 2);
    EXPECT_OK(set_nice(0, -100));
    EXPECT_EQ(get(0, 0).nice, -20);
    EXPECT_EQ(get(0, 0).turn, turn * 2);
    EXPECT_OK(set_nice(0, INT32_MAX));
    EXPECT_EQ(get(0, 0).nice, 19);
    EXPECT_TRUE(get(0, 0).turn > 0);
    EXPECT_OK(set_nice(0, 0));
}

/* The rules are tried in a child: 0, or the number of the step that went wrong. */
TEST(schedule_set, who_may, RULE("schedule_set.6"), RULE("schedule_set.EPERM"))
{
    struct coco_exit_status status;
    char number[24];
    print_to(number, sizeof(number), "%u", (unsigned)coco_process_id());
    int64_t process = child_spawn(&(struct child){.arguments = {"schedule_modest", number}});
    REQUIRE_TRUE(process > 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
}

/* Threads that become ready at the same time run by priority, and who waits is woken by it: all on
 * one CPU, which a thread of higher priority than theirs has. */
static uint32_t order[8];
static uint32_t order_len; /* atomic */
static uint32_t go;        /* atomic */

static void note_when_free(void *priority)
{
    (void)set(0, COCO_SCHEDULE_FIFO, (uint32_t)(uintptr_t)priority, 0);
    (void)coco_futex_wait(&go, 0, deadline_after(60 * SECONDS));
    order[__atomic_fetch_add(&order_len, 1, __ATOMIC_ACQ_REL)] = (uint32_t)(uintptr_t)priority;
}

TEST(schedule_set, by_priority, RULE("schedule_set.2"), RULE("futex_wake.1"))
{
    static const uint32_t priorities[] = {5, 9, 2, 7};
    struct thread threads[4];
    go = 0;
    order_len = 0;
    turns_begin();
    for (size_t i = 0; i < 4; i++) {
        REQUIRE_OK(thread_start(&threads[i], note_when_free, (void *)(uintptr_t)priorities[i]));
    }
    turns_pass(); /* they wait */
    EXPECT_OK(set(0, COCO_SCHEDULE_FIFO, 20, 0));
    EXPECT_EQ(coco_futex_wake(&go, 1), 1);
    EXPECT_EQ(coco_futex_wake(&go, 3), 3);
    EXPECT_EQ(__atomic_load_n(&order_len, __ATOMIC_ACQUIRE), 0);
    for (size_t i = 0; i < 4; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    turns_end();
    EXPECT_EQ(order[0], 9);
    EXPECT_EQ(order[1], 7);
    EXPECT_EQ(order[2], 5);
    EXPECT_EQ(order[3], 2);
}
