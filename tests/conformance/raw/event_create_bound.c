// SPDX-License-Identifier: MIT
// Tests of `event_create_bound`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "events.h"

static coco_handle_t bound_to(uint64_t bits, int64_t processor)
{
    int64_t event = coco_event_create_bound(bits, (uint32_t)processor);
    EXPECT_TRUE(event > 0);
    return (coco_handle_t)event;
}

TEST(event_create_bound, as_others, RULE("event_create_bound.1"), RULE("event_create_bound.EINVAL"),
     RULE("event_create_bound.4"))
{
    int64_t all = coco_thread_affinity_get(0, 0);
    coco_handle_t event = bound_to(5, 0);
    EXPECT_EQ((uint64_t)coco_handle_info(event) >> 32, COCO_OBJECT_EVENT_RIGHTS);
    EXPECT_EQ(coco_event_wait(event, COCO_EVENT_BITS, 0, 0), 5);
    EXPECT_ERROR(coco_event_wait(event, COCO_EVENT_BITS, 0, 0), TIMEDOUT);
    EXPECT_ERROR(coco_event_create_bound(1ull << 63, 0), INVAL);
    EXPECT_ERROR(coco_event_create_bound(0, (uint32_t)coco_query(COCO_QUERY_CPU_COUNT)), INVAL);
    EXPECT_ERROR(coco_event_create_bound(0, UINT32_MAX), INVAL);
    EXPECT_OK(coco_close(event));
    EXPECT_OK(coco_thread_affinity_set(0, 0, (uint64_t)all));
}

TEST(event_create_bound, no_number_is_free, RULE("event_create_bound.EMFILE"))
{
    static coco_handle_t taken[COCO_HANDLE_MAX];
    size_t count = 0;
    int64_t made = coco_event_create_bound(0, 0);
    while (made >= 0 && count < COCO_HANDLE_MAX) {
        taken[count++] = (coco_handle_t)made;
        made = coco_event_create_bound(0, 0);
    }
    EXPECT_ERROR(made, MFILE);
    while (count > 0) {
        EXPECT_OK(coco_close(taken[--count]));
    }
}

/* Whether it waits or finds the bits at once: it goes on there and stays. */
TEST(event_create_bound, goes_there, RULE("event_create_bound.2"))
{
    int64_t all = coco_thread_affinity_get(0, 0);
    int64_t count = coco_query(COCO_QUERY_CPU_COUNT);
    coco_handle_t plain = event_made(1);
    for (int64_t i = 0; i < 3 * count; i++) {
        int64_t target = i % count;
        coco_handle_t event = bound_to(1, target);
        EXPECT_EQ(coco_event_wait(event, 1, COCO_EVENT_WAIT_KEEP, COCO_FOREVER), 1);
        EXPECT_EQ(coco_thread_processor(), target);
        EXPECT_EQ(coco_thread_affinity_get(0, 0), 1ll << target);
        EXPECT_EQ(coco_event_wait(plain, 1, COCO_EVENT_WAIT_KEEP, 0), 1); // changes nothing
        EXPECT_OK(coco_thread_yield());
        EXPECT_EQ(coco_thread_processor(), target);
        EXPECT_OK(coco_close(event));
    }
    EXPECT_OK(coco_thread_affinity_set(0, 0, (uint64_t)all));
    EXPECT_OK(coco_close(plain));
}

struct sleeper {
    coco_handle_t event;
    int64_t woke_on;
    struct thread thread;
};

static void sleep_on(void *argument)
{
    struct sleeper *sleeper = argument;
    (void)coco_event_wait(sleeper->event, 1, 0, COCO_FOREVER);
    sleeper->woke_on = coco_thread_processor();
}

TEST(event_create_bound, wakes_there, RULE("event_create_bound.2"))
{
    int64_t count = coco_query(COCO_QUERY_CPU_COUNT);
    for (int64_t i = 0; i < 2 * count; i++) {
        struct sleeper sleeper = {.event = bound_to(0, i % count), .woke_on = -1};
        REQUIRE_OK(thread_start(&sleeper.thread, sleep_on, &sleeper));
        (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
        EXPECT_OK(coco_event_signal(sleeper.event, 1));
        EXPECT_OK(thread_join(&sleeper.thread));
        EXPECT_EQ(sleeper.woke_on, i % count);
        EXPECT_OK(coco_close(sleeper.event));
    }
}

TEST(event_create_bound, first_of_several, RULE("event_create_bound.3"))
{
    int64_t all = coco_thread_affinity_get(0, 0);
    int64_t count = coco_query(COCO_QUERY_CPU_COUNT);
    coco_handle_t plain = event_made(1);
    coco_handle_t quiet = bound_to(0, 0);
    for (int64_t i = 0; i < count; i++) {
        coco_handle_t first = bound_to(1, i);
        coco_handle_t second = bound_to(1, (i + 1) % count);
        struct coco_poll entries[] = {{plain, COCO_EVENT_READ, 0, 0},
                                      {quiet, COCO_EVENT_READ | COCO_EVENT_WRITE, 0, 0},
                                      {first, COCO_EVENT_READ, 0, 0},
                                      {second, COCO_EVENT_READ, 0, 0}};
        EXPECT_EQ(coco_object_poll(entries, 4, 0), 4);
        EXPECT_EQ(coco_thread_processor(), i);
        EXPECT_OK(coco_close(first));
        EXPECT_OK(coco_close(second));
    }
    EXPECT_OK(coco_thread_affinity_set(0, 0, (uint64_t)all));
    EXPECT_OK(coco_close(quiet));
    EXPECT_OK(coco_close(plain));
}
