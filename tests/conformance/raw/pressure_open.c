// SPDX-License-Identifier: MIT
// Tests of `pressure_open` and `pressure_level`. What needs a quota of its own is in
// child/pressure.c.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "events.h"

static int64_t start(const char *behaviour, uint64_t memory)
{
    static const struct coco_call_set all[] = {
        {0, 0, UINT64_MAX},          {1, 0, UINT64_MAX},          {0x80000001, 0, UINT64_MAX},
        {0x80000003, 0, UINT64_MAX}, {0x80000006, 0, UINT64_MAX}, {0x80000007, 0, UINT64_MAX}};
    const struct child child = {.arguments = {behaviour}};
    struct coco_policy policy = child_policy(all, sizeof(all) / sizeof(all[0]));
    policy.memory = memory;
    return child_spawn_confined(&child, &policy);
}

static void expect_well(const char *behaviour)
{
    struct coco_exit_status status = {0};
    int64_t process = start(behaviour, 64 << 20);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
}

TEST(pressure_open, arguments, RULE("pressure_open.1"), RULE("pressure_open.4"),
     RULE("pressure_open.EINVAL"))
{
    EXPECT_ERROR(coco_pressure_open(COCO_PRESSURE_OWN + 1, COCO_PRESSURE_SOME), INVAL);
    EXPECT_ERROR(coco_pressure_open(UINT32_MAX, COCO_PRESSURE_SOME), INVAL);
    EXPECT_ERROR(coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_NONE), INVAL);
    EXPECT_ERROR(coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_HIGH + 1), INVAL);
    int64_t watch = coco_pressure_open(COCO_PRESSURE_MACHINE, COCO_PRESSURE_HIGH);
    REQUIRE_TRUE(watch > 0);
    EXPECT_EQ((uint64_t)coco_handle_info((coco_handle_t)watch) >> 32, COCO_OBJECT_PRESSURE_RIGHTS);
    EXPECT_OK(coco_close((coco_handle_t)watch));
}

TEST(pressure_open, no_number_is_free, RULE("pressure_open.EMFILE"))
{
    static coco_handle_t taken[COCO_HANDLE_MAX];
    size_t count = 0;
    int64_t made = coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_SOME);
    while (made >= 0 && count < COCO_HANDLE_MAX) {
        taken[count++] = (coco_handle_t)made;
        made = coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_SOME);
    }
    EXPECT_ERROR(made, MFILE);
    while (count > 0) {
        EXPECT_OK(coco_close(taken[--count]));
    }
}

/* Where levels begin and end, by a process that takes and gives back. */
TEST(pressure_open, levels, RULE("pressure_open.2"), RULE("pressure_open.3"))
{
    expect_well("pressure_levels");
}

/* A thread that waits is woken when another one takes memory. */
TEST(pressure_open, wakes, RULE("pressure_open.2"))
{
    expect_well("pressure_wakes");
}

/* What others take is seen in the scope of the machine, and a quota is that of who opened it. */
TEST(pressure_open, scopes, RULE("pressure_open.1"), RULE("pressure_open.5"))
{
    struct coco_exit_status status = {0};
    int64_t machine = coco_pressure_open(COCO_PRESSURE_MACHINE, COCO_PRESSURE_SOME);
    int64_t own = coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_SOME);
    REQUIRE_TRUE(machine > 0 && own > 0);
    EXPECT_EQ(coco_pressure_level((coco_handle_t)machine), COCO_PRESSURE_NONE);
    int64_t process = start("pressure_of_machine", COCO_LIMIT_NONE);
    REQUIRE_TRUE(process >= 0);
    struct coco_poll entry = {(coco_handle_t)machine, COCO_EVENT_READ, 0, 0};
    EXPECT_EQ(coco_object_poll(&entry, 1, deadline_after(60 * SECONDS)), 1);
    EXPECT_EQ(entry.returned, COCO_EVENT_READ);
    EXPECT_TRUE(coco_pressure_level((coco_handle_t)machine) >= COCO_PRESSURE_SOME);
    EXPECT_TRUE(coco_pressure_level((coco_handle_t)own) >= COCO_PRESSURE_SOME);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    for (int i = 0; i < 60000 && event_poll((coco_handle_t)machine, COCO_EVENT_READ) != 0; i++) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    EXPECT_EQ(event_poll((coco_handle_t)machine, COCO_EVENT_READ), 0);
    EXPECT_EQ(coco_pressure_level((coco_handle_t)machine), COCO_PRESSURE_NONE);
    // The child's own quota was full; this one's is not.
    process = start("pressure_wakes", 64 << 20);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(coco_pressure_level((coco_handle_t)own), COCO_PRESSURE_NONE);
    EXPECT_OK(coco_close((coco_handle_t)machine));
    EXPECT_OK(coco_close((coco_handle_t)own));
}
