// SPDX-License-Identifier: MIT
#include "events.h"

#include <coconut/coconut.h>
#include <harness/test.h>

coco_handle_t event_made(uint64_t bits)
{
    int64_t made = coco_event_create(bits);
    return EXPECT_TRUE(made > 0) ? (coco_handle_t)made : COCO_HANDLE_NONE;
}

uint32_t event_poll(coco_handle_t event, uint32_t wanted)
{
    struct coco_poll entry = {.handle = event, .wanted = wanted};
    int64_t ready = coco_object_poll(&entry, 1, 0);
    EXPECT_EQ(ready, entry.returned != 0);
    return entry.returned;
}

static void run(void *argument)
{
    struct event_waiter *waiter = argument;
    __atomic_store_n(&waiter->id, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    waiter->result = coco_event_wait(waiter->event, waiter->bits, 0, waiter->deadline);
    __atomic_store_n(&waiter->ended, 1, __ATOMIC_RELEASE);
}

bool event_waiter_start(struct event_waiter *waiter)
{
    waiter->id = 0;
    waiter->ended = 0;
    if (!EXPECT_OK(thread_start(&waiter->thread, run, waiter))) {
        return false;
    }
    while (__atomic_load_n(&waiter->id, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS)); /* so that it waits, mostly */
    return true;
}

int event_waiters_ended(const struct event_waiter *waiters, int count)
{
    int ended = 0;
    for (int i = 0; i < count; i++) {
        ended += __atomic_load_n(&waiters[i].ended, __ATOMIC_ACQUIRE) != 0;
    }
    return ended;
}

int64_t event_waiter_end(struct event_waiter *waiter)
{
    EXPECT_OK(thread_join(&waiter->thread));
    return waiter->result;
}
