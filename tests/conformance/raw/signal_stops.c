// SPDX-License-Identifier: MIT
// Stopping and continuing, whatever sends the signal.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"
#include "memory.h"
#include "signals.h"

static uint32_t stop_in_orphaned_group(void *unused)
{
    (void)unused;
    if (coco_process_new_session() < 0 ||
        coco_signal_send_thread(0, COCO_SIGNAL_TERMINAL_STOP, 0, 0) != 0) {
        return 1;
    }
    return 10; /* not stopped */
}

TEST(signal_action, orphaned_groups_do_not_stop, RULE("signal_action.7"))
{
    EXPECT_EQ(fork_run(stop_in_orphaned_group, NULL), 10);
}

static uint32_t stop_and_go_on(void *unused)
{
    (void)unused;
    while (coco_process_group_id(0) != coco_process_id()) {
        (void)
            coco_thread_yield(); /* until the starter's group keeps this one from being orphaned */
    }
    (void)coco_signal_send_thread(0, COCO_SIGNAL_TERMINAL_IN, 0, 0);
    return 10;
}

TEST(signal_action, terminal_signals_stop, RULE("signal_action.7"))
{
    struct coco_child child;
    uint64_t id = fork_listed(stop_and_go_on, NULL);
    EXPECT_OK(coco_process_set_group(id, 0));
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_STOPPED | COCO_WAIT_ENDED,
                                      deadline_after(60 * SECONDS), &child),
              id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_STOPPED);
    EXPECT_EQ(child.status.code, COCO_SIGNAL_TERMINAL_IN);
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_CONTINUE, 0, 0));
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED,
                                      deadline_after(60 * SECONDS), &child),
              id);
    EXPECT_EQ(child.status.code, 10);
}

static int64_t wait_for(uint64_t id, uint32_t flags, uint64_t within)
{
    struct coco_child child;
    return coco_process_wait_child(COCO_CHILD_ID, id, flags, deadline_after(within), &child);
}

static bool stop(uint64_t id)
{
    return coco_signal_send_id(id, COCO_SIGNAL_STOP, 0, 0) == 0 &&
           wait_for(id, COCO_WAIT_STOPPED, 20 * SECONDS) == (int64_t)id;
}

static uint32_t end_at_once(void *unused)
{
    (void)unused;
    return 0;
}

/* The group is orphaned from the start: the end of a member changes nothing for another. */
static uint32_t end_beside_a_stopped_one(void *unused)
{
    (void)unused;
    if (coco_process_new_session() < 0) {
        return 1;
    }
    uint64_t sleeper = fork_sleeper();
    if (!stop(sleeper)) {
        return 2;
    }
    uint64_t other = fork_listed(end_at_once, NULL);
    if (wait_for(other, COCO_WAIT_ENDED, 20 * SECONDS) != (int64_t)other) {
        return 3;
    }
    int64_t told = wait_for(sleeper, COCO_WAIT_ENDED | COCO_WAIT_CONTINUED, 50 * MILLISECONDS);
    fork_end(sleeper);
    return told == COCO_ETIMEDOUT ? 10 : 4;
}

TEST(signal_send, stopped_in_an_orphaned_group, RULE("signal_send.6"))
{
    EXPECT_EQ(fork_run(end_beside_a_stopped_one, NULL), 10);
}

static volatile uint32_t *shared;

static uint32_t await_hang_up(void *unused)
{
    (void)unused;
    signals_reset();
    if (signals_catch(COCO_SIGNAL_HANGUP, 0, 0) == 0) {
        shared[0] = 1;
        while (signals_caught.count == 0) {
            (void)coco_sleep_until(deadline_after(SECONDS));
        }
        shared[1] = 1;
    }
    return 0;
}

static uint32_t leave_a_stopped_child(void *unused)
{
    (void)unused;
    while (coco_process_group_id(0) != coco_process_id()) {
        (void)coco_thread_yield();
    }
    uint64_t child = fork_listed(await_hang_up, NULL);
    while (shared[0] == 0) {
        (void)coco_thread_yield();
    }
    return stop(child) ? 10 : 1;
}

static uint32_t keep_a_group(void *unused)
{
    (void)unused;
    if (coco_process_new_session() < 0) {
        return 1;
    }
    uint64_t member = fork_listed(leave_a_stopped_child, NULL);
    if (coco_process_set_group(member, 0) != 0 ||
        wait_for(member, COCO_WAIT_ENDED, 20 * SECONDS) != (int64_t)member) {
        return 2;
    }
    for (int i = 0; i < 60000 && shared[1] == 0; i++) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    return shared[1] == 1 ? 10 : 3;
}

/* The end of the member whose starter kept the group leaves a stopped one behind: it is told. */
TEST(signal_send, stopped_when_a_group_is_orphaned, RULE("signal_send.6"))
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    shared = (volatile uint32_t *)address;
    EXPECT_EQ(fork_run(keep_a_group, NULL), 10);
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
}
