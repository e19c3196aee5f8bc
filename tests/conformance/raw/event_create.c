// SPDX-License-Identifier: MIT
// Tests of `event_create`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "events.h"

TEST(event_create, first_bits, RULE("event_create.1"), RULE("event_create.3"))
{
    coco_handle_t event = event_made(0);
    EXPECT_EQ((uint64_t)coco_handle_info(event) >> 32, COCO_OBJECT_EVENT_RIGHTS);
    EXPECT_ERROR(coco_event_wait(event, COCO_EVENT_BITS, 0, 0), TIMEDOUT);
    EXPECT_EQ(event_poll(event, COCO_EVENT_READ | COCO_EVENT_WRITE), COCO_EVENT_WRITE);
    EXPECT_OK(coco_close(event));
    event = event_made(COCO_EVENT_BITS);
    EXPECT_EQ(event_poll(event, COCO_EVENT_READ), COCO_EVENT_READ);
    EXPECT_EQ(coco_event_wait(event, COCO_EVENT_BITS, 0, 0), COCO_EVENT_BITS);
    EXPECT_EQ(event_poll(event, COCO_EVENT_READ), 0);
    EXPECT_OK(coco_close(event));
}

TEST(event_create, bit_63, RULE("event_create.2"), RULE("event_create.EINVAL"))
{
    EXPECT_ERROR(coco_event_create(1ull << 63), INVAL);
    EXPECT_ERROR(coco_event_create(UINT64_MAX), INVAL);
}

TEST(event_create, no_number_is_free, RULE("event_create.EMFILE"))
{
    static coco_handle_t taken[COCO_HANDLE_MAX];
    size_t count = 0;
    int64_t made = coco_event_create(0);
    while (made >= 0 && count < COCO_HANDLE_MAX) {
        taken[count++] = (coco_handle_t)made;
        made = coco_event_create(0);
    }
    EXPECT_ERROR(made, MFILE);
    while (count > 0) {
        EXPECT_OK(coco_close(taken[--count]));
    }
}

/* A thread waits with its own handle; when the last one goes there is nobody left who could signal.
 */
TEST(event_create, last_handle, RULE("event_create.4"), RULE("event_wait.ECANCELED"))
{
    struct event_waiter waiter = {.event = event_made(0), .bits = 1, .deadline = COCO_FOREVER};
    int64_t other = coco_handle_duplicate(waiter.event, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(other > 0);
    REQUIRE(event_waiter_start(&waiter));
    EXPECT_OK(coco_close(waiter.event));
    EXPECT_OK(coco_event_signal((coco_handle_t)other, 2));
    EXPECT_OK(coco_close((coco_handle_t)other));
    EXPECT_ERROR(event_waiter_end(&waiter), CANCELED);
}
