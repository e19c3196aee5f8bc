// SPDX-License-Identifier: MIT
// Tests of `process_wait_child`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"
#include "signals.h"

static int64_t wait_for(uint32_t which, uint64_t id, uint32_t flags, uint64_t deadline,
                        struct coco_child *child)
{
    return coco_process_wait_child(which, id, flags, deadline, child);
}

static int64_t wait_any(uint32_t flags, struct coco_child *child)
{
    return wait_for(COCO_CHILD_ANY, 0, flags, deadline_after(60 * SECONDS), child);
}

static uint32_t end_with(void *code)
{
    return (uint32_t)(uintptr_t)code;
}

static uint32_t sleep_on(void *unused)
{
    (void)unused;
    for (;;) {
        (void)coco_sleep_until(deadline_after(SECONDS));
    }
}

static void end_and_reap(uint64_t id)
{
    struct coco_child child;
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_KILL, 0, 0));
    EXPECT_EQ(wait_for(COCO_CHILD_ID, id, COCO_WAIT_ENDED, COCO_FOREVER, &child), id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_KILLED);
}

TEST(process_wait_child, tells_of_an_end, RULE("process_wait_child.1"),
     RULE("process_wait_child.2"), RULE("process_wait_child.3"), RULE("process_fork.7"))
{
    struct coco_child child;
    uint64_t first = fork_listed(end_with, (void *)3);
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED | COCO_WAIT_KEEP, &child), first);
    EXPECT_EQ(child.id, first);
    EXPECT_EQ(child.group, coco_process_group_id(0));
    EXPECT_EQ(child.status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(child.status.code, 3);
    EXPECT_EQ(wait_for(COCO_CHILD_ID, first, COCO_WAIT_ENDED, 0, &child), first);
    EXPECT_ERROR(wait_any(COCO_WAIT_ENDED, &child), CHILD);
    EXPECT_ERROR(coco_process_group_id(first), SRCH);
}

TEST(process_wait_child, spawned_ones_are_children_if_asked, RULE("process_wait_child.1"))
{
    static const char words[] = "program\0process_exit\0005";
    struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .flags = COCO_SPAWN_CHILD,
        .path = (uintptr_t)CHILD_PROGRAM,
        .arguments = (uintptr_t)words,
        .arguments_len = sizeof(words),
        .argument_count = 3,
    };
    struct coco_child child;
    struct coco_exit_status status;
    int64_t process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process >= 0);
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED, &child), coco_process_handle_id((coco_handle_t)process));
    EXPECT_EQ(child.status.code, 5);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 5);
    spawn.flags = 0;
    process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process >= 0);
    EXPECT_ERROR(wait_any(COCO_WAIT_ENDED, &child), CHILD);
    REQUIRE(child_wait(process, &status));
}

TEST(process_wait_child, chooses, RULE("process_wait_child.1"), RULE("process_wait_child.4"),
     RULE("process_wait_child.ECHILD"))
{
    struct coco_child child;
    uint64_t slow = fork_listed(sleep_on, NULL);
    uint64_t quick = fork_listed(end_with, NULL);
    uint64_t other = fork_listed(sleep_on, NULL);
    EXPECT_OK(coco_process_set_group(other, 0));
    EXPECT_ERROR(wait_for(COCO_CHILD_ID, UINT64_MAX, COCO_WAIT_ENDED, 0, &child), CHILD);
    EXPECT_ERROR(wait_for(COCO_CHILD_GROUP, slow, COCO_WAIT_ENDED, 0, &child), CHILD);
    EXPECT_ERROR(wait_for(COCO_CHILD_ID, slow, COCO_WAIT_ENDED, 0, &child), TIMEDOUT);
    EXPECT_ERROR(wait_for(COCO_CHILD_GROUP, other, COCO_WAIT_ENDED, 0, &child), TIMEDOUT);
    EXPECT_EQ(wait_for(COCO_CHILD_GROUP, 0, COCO_WAIT_ENDED, COCO_FOREVER, &child), quick);
    EXPECT_OK(coco_signal_send_id(other, COCO_SIGNAL_KILL, 0, 0));
    EXPECT_EQ(wait_for(COCO_CHILD_GROUP, other, COCO_WAIT_ENDED, COCO_FOREVER, &child), other);
    EXPECT_EQ(child.group, other);
    end_and_reap(slow);
}

TEST(process_wait_child, arguments_are_checked, RULE("process_wait_child.1"),
     RULE("process_wait_child.2"), RULE("process_wait_child.EINVAL"))
{
    struct coco_child child;
    EXPECT_ERROR(wait_for(3, 0, COCO_WAIT_ENDED, 0, &child), INVAL);
    EXPECT_ERROR(wait_for(COCO_CHILD_ANY, 0, 0, 0, &child), INVAL);
    EXPECT_ERROR(wait_for(COCO_CHILD_ANY, 0, COCO_WAIT_KEEP, 0, &child), INVAL);
}

/* Nothing is lost to an address that cannot be written. */
TEST(process_wait_child, bad_memory_keeps_the_child, RULE("process_wait_child.fault.child"),
     RULE("process_wait_child.range.child"))
{
    struct coco_child child;
    uint64_t id = fork_listed(end_with, NULL);
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED | COCO_WAIT_KEEP, &child), id);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_WAIT_CHILD, 0, 0, 1, 0, UNMAPPED_ADDRESS), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_WAIT_CHILD, 0, 0, 1, 0, OUTSIDE_ADDRESS - 8), INVAL);
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED, &child), id);
}

TEST(process_wait_child, times_out, RULE("process_wait_child.7"),
     RULE("process_wait_child.ETIMEDOUT"))
{
    struct coco_child child;
    uint64_t id = fork_listed(sleep_on, NULL);
    uint64_t deadline = deadline_after(20 * MILLISECONDS);
    EXPECT_ERROR(wait_for(COCO_CHILD_ANY, 0, COCO_WAIT_ENDED, deadline, &child), TIMEDOUT);
    EXPECT_TRUE((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) >= deadline);
    end_and_reap(id);
}

static uint32_t interrupted; /* atomic */

/* Until the thread has been interrupted: the first signal may come before it waits. */
static void signal_later(void *thread)
{
    while (__atomic_load_n(&interrupted, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
        (void)coco_signal_send_thread((uint64_t)(uintptr_t)thread, SIGNAL_ONE, 0, 0);
    }
}

TEST(process_wait_child, signals_interrupt, RULE("process_wait_child.EINTR"))
{
    static struct thread thread;
    struct coco_child child;
    uint64_t id = fork_listed(sleep_on, NULL);
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    interrupted = 0;
    REQUIRE(EXPECT_OK(thread_start(&thread, signal_later, (void *)(uintptr_t)coco_thread_id())));
    EXPECT_ERROR(wait_any(COCO_WAIT_ENDED, &child), INTR);
    __atomic_store_n(&interrupted, 1, __ATOMIC_RELEASE);
    int64_t joined; /* one more signal may interrupt that as well */
    do {
        joined = thread_join(&thread);
    } while (joined == COCO_EINTR);
    EXPECT_OK(joined);
    signals_reset();
    end_and_reap(id);
}

TEST(process_wait_child, nobody_is_told_who_ignores, RULE("process_wait_child.4"),
     RULE("process_wait_child.5"))
{
    struct coco_child child;
    EXPECT_OK(signals_set(COCO_SIGNAL_CHILD, COCO_SIGNAL_IGNORE));
    for (int i = 0; i < 5; i++) {
        (void)fork_listed(end_with, NULL);
    }
    EXPECT_ERROR(wait_any(COCO_WAIT_ENDED, &child), CHILD);
    EXPECT_OK(signals_catch(COCO_SIGNAL_CHILD, COCO_SIGNAL_NO_CHILD_WAIT, 0));
    (void)fork_listed(end_with, NULL);
    int64_t result = wait_any(COCO_WAIT_ENDED, &child); /* the signal comes first, or the answer */
    while (result == COCO_EINTR) {
        result = wait_any(COCO_WAIT_ENDED, &child);
    }
    EXPECT_ERROR(result, CHILD);
    signals_reset();
}

static volatile uint64_t *shared; /* what copies tell */

static uint32_t leave_children(void *unused)
{
    (void)unused;
    for (int i = 0; i < 20; i++) {
        if (fork_listed(end_with, NULL) == 0) {
            return 1;
        }
    }
    shared[0] = fork_listed(sleep_on, NULL);
    return 10;
}

/* The counters that the runner compares say that nothing stays. */
TEST(process_wait_child, orphans_go_by_themselves, RULE("process_wait_child.6"))
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    shared = (volatile uint64_t *)address;
    EXPECT_EQ(fork_run(leave_children, NULL), 10);
    struct coco_child child;
    EXPECT_ERROR(wait_any(COCO_WAIT_ENDED, &child), CHILD);
    EXPECT_OK(coco_signal_send_id(shared[0], COCO_SIGNAL_KILL, 0, 0)); /* of this session */
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
}

TEST(process_wait_child, hundreds, RULE("process_wait_child.1"), RULE("process_wait_child.3"))
{
    struct coco_child child;
    for (int round = 0; round < 10; round++) {
        uint64_t sum = 0;
        uint64_t told = 0;
        for (uint64_t i = 0; i < 30; i++) {
            sum += fork_listed(end_with, (void *)i);
        }
        for (int i = 0; i < 30; i++) {
            EXPECT_TRUE(wait_any(COCO_WAIT_ENDED, &child) > 0);
            told += child.id;
        }
        EXPECT_EQ(told, sum);
        EXPECT_ERROR(wait_any(COCO_WAIT_ENDED, &child), CHILD);
    }
}

TEST(process_wait_child, stops_and_continuations, RULE("process_wait_child.2"),
     RULE("process_wait_child.3"), RULE("signal_send.6"), RULE("signal_action.7"))
{
    const uint32_t all = COCO_WAIT_ENDED | COCO_WAIT_STOPPED | COCO_WAIT_CONTINUED;
    struct coco_child child;
    uint64_t id = fork_listed(sleep_on, NULL);
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_STOP, 0, 0));
    EXPECT_ERROR(wait_for(COCO_CHILD_ID, id, COCO_WAIT_ENDED, 0, &child), TIMEDOUT);
    EXPECT_EQ(wait_any(all, &child), id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_STOPPED);
    EXPECT_EQ(child.status.code, COCO_SIGNAL_STOP);
    EXPECT_ERROR(wait_for(COCO_CHILD_ID, id, all, 0, &child), TIMEDOUT);
    EXPECT_OK(coco_signal_send_id(id, SIGNAL_ONE, 0, 0)); /* waits, though it would end it */
    EXPECT_ERROR(wait_for(COCO_CHILD_ID, id, all, deadline_after(20 * MILLISECONDS), &child),
                 TIMEDOUT);
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_CONTINUE, 0, 0));
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED, &child), id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_KILLED);
    EXPECT_EQ(child.status.code, SIGNAL_ONE);
}

static uint32_t compute_until_told(void *unused)
{
    (void)unused;
    while (shared[0] == 0) {
        __asm__ volatile("pause");
    }
    return 0;
}

TEST(process_wait_child, continuation_is_told, RULE("process_wait_child.2"), RULE("signal_send.6"))
{
    const uint32_t stops = COCO_WAIT_STOPPED | COCO_WAIT_CONTINUED;
    struct coco_child child;
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    shared = (volatile uint64_t *)address;
    uint64_t id = fork_listed(compute_until_told, NULL);
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_STOP, 0, 0));
    EXPECT_EQ(wait_any(stops, &child), id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_STOPPED);
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_CONTINUE, 0, 0));
    EXPECT_EQ(wait_any(stops, &child), id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_CONTINUED);
    EXPECT_EQ(child.status.code, COCO_SIGNAL_CONTINUE);
    shared[0] = 1;
    EXPECT_EQ(wait_any(COCO_WAIT_ENDED, &child), id);
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
    uint64_t stopped = fork_listed(sleep_on, NULL);
    EXPECT_OK(coco_signal_send_id(stopped, COCO_SIGNAL_STOP, 0, 0));
    EXPECT_EQ(wait_any(stops, &child), stopped);
    end_and_reap(stopped); /* KILL ends it as it is */
}
