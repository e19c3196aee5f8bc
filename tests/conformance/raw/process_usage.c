// SPDX-License-Identifier: MIT
// Tests of `process_usage`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"

static struct coco_usage used_by(uint32_t which, uint64_t id)
{
    struct coco_usage usage = {~0ull, ~0ull, ~0ull, ~0ull};
    EXPECT_OK(coco_process_usage(which, id, &usage));
    return usage;
}

TEST(process_usage, itself, RULE("process_usage.1"), RULE("process_usage.2"))
{
    const uint32_t clocks[] = {COCO_CLOCK_THREAD, COCO_CLOCK_PROCESS};
    const uint32_t which[] = {COCO_USAGE_THREAD, COCO_USAGE_PROCESS};
    const uint64_t ids[] = {(uint64_t)coco_thread_id(), (uint64_t)coco_process_id()};
    for (size_t i = 0; i < 2; i++) {
        uint64_t first = (uint64_t)coco_clock_get(clocks[i]);
        struct coco_usage second = used_by(which[i], 0);
        struct coco_usage third = used_by(which[i], ids[i]);
        uint64_t last = (uint64_t)coco_clock_get(clocks[i]);
        EXPECT_TRUE(second.user + second.system >= first);
        EXPECT_TRUE(third.user >= second.user && third.system >= second.system);
        EXPECT_TRUE(third.user + third.system <= last);
    }
    EXPECT_EQ(used_by(COCO_USAGE_THREAD, 0).children_user, 0);
    EXPECT_EQ(used_by(COCO_USAGE_THREAD, 0).children_system, 0);
}

#define WORK (400 * MILLISECONDS)

#define PARTS 300u

/* Each works for WORK, and so much that what it does is seen often where the machine is held up and
   the clock goes on. The clock is looked at seldom: that is a call. */
static uint32_t work_in_user_mode(void *unused)
{
    volatile uint32_t sum = 0;
    (void)unused;
    for (uint32_t part = 0; part < PARTS || (uint64_t)coco_clock_get(COCO_CLOCK_PROCESS) < WORK;
         part++) {
        for (uint32_t i = 0; i < 100000; i++) {
            sum = sum + i;
        }
    }
    return 0;
}

static uint8_t block[65536];

static uint32_t work_in_the_kernel(void *unused)
{
    (void)unused;
    for (uint32_t part = 0; part < PARTS || (uint64_t)coco_clock_get(COCO_CLOCK_PROCESS) < WORK;
         part++) {
        if (coco_random(block, sizeof(block)) != 0) {
            return 1;
        }
    }
    return 0;
}

/* What a copy that did this has used, when it is waited for. */
static struct coco_usage used_in_copy(uint32_t (*work)(void *))
{
    struct coco_child child;
    struct coco_usage before = used_by(COCO_USAGE_PROCESS, 0);
    uint64_t id = fork_listed(work, NULL);
    uint64_t deadline = deadline_after(60 * SECONDS);
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED | COCO_WAIT_KEEP, deadline,
                                      &child),
              id);
    struct coco_usage used = used_by(COCO_USAGE_PROCESS, id);
    EXPECT_EQ(used.user + used.system, child.time);
    EXPECT_EQ(used_by(COCO_USAGE_PROCESS, 0).children_user, before.children_user);
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED, deadline, &child), id);
    struct coco_usage after = used_by(COCO_USAGE_PROCESS, 0);
    EXPECT_EQ(after.children_user - before.children_user, used.user);
    EXPECT_EQ(after.children_system - before.children_system, used.system);
    EXPECT_EQ(after.children_user + after.children_system, (uint64_t)coco_process_children_time());
    EXPECT_TRUE(used.user + used.system >= WORK);
    return used;
}

TEST(process_usage, is_told_apart, RULE("process_usage.2"), RULE("process_usage.3"))
{
    struct coco_usage user = used_in_copy(work_in_user_mode);
    struct coco_usage system = used_in_copy(work_in_the_kernel);
    EXPECT_TRUE(user.user > 3 * user.system);
    EXPECT_TRUE(system.system > 3 * system.user);
}

TEST(process_usage, never_decreases, RULE("process_usage.2"))
{
    struct coco_usage last = used_by(COCO_USAGE_PROCESS, 0);
    for (uint32_t i = 0; i < 3000; i++) {
        if (i % 100 == 0) {
            (void)coco_random(block, sizeof(block));
        }
        struct coco_usage now = used_by(COCO_USAGE_PROCESS, 0);
        if (!EXPECT_TRUE(now.user >= last.user && now.system >= last.system)) {
            return;
        }
        last = now;
    }
}

TEST(process_usage, refusals, RULE("process_usage.1"), RULE("process_usage.4"),
     RULE("process_usage.EINVAL"), RULE("process_usage.ESRCH"))
{
    struct coco_usage usage;
    EXPECT_ERROR(coco_process_usage(2, 0, &usage), INVAL);
    EXPECT_ERROR(coco_process_usage(UINT32_MAX, 0, &usage), INVAL);
    EXPECT_ERROR(coco_process_usage(COCO_USAGE_PROCESS, UINT64_MAX, &usage), SRCH);
    EXPECT_ERROR(coco_process_usage(COCO_USAGE_THREAD, UINT64_MAX, &usage), SRCH);
}

/* A child in a session of its own may not signal who started it. */
TEST(process_usage, who_may, RULE("process_usage.5"), RULE("process_usage.EPERM"))
{
    char number[24];
    int64_t result = 0;
    print_to(number, sizeof(number), "%u", (unsigned)coco_process_id());
    const struct child child = {.arguments = {"usage_of", number}};
    REQUIRE(child_answer(&child, &result, sizeof(result)));
    EXPECT_ERROR(result, PERM);
}
