// SPDX-License-Identifier: MIT
#include "timers.h"

#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

int64_t timers_make(uint32_t clock, uint32_t notify, uint32_t signal, uint64_t value)
{
    const struct coco_timer_options options = {
        .clock = clock, .notify = notify, .signal = signal, .tag = 77, .value = value};
    return coco_timer_create(&options);
}

int64_t timers_set(coco_handle_t timer, uint32_t flags, uint64_t value, uint64_t interval)
{
    const struct coco_timer_setting setting = {.value = value, .interval = interval};
    return coco_timer_set(timer, flags, &setting, NULL);
}

struct coco_timer_state timers_get(coco_handle_t timer, uint32_t flags)
{
    struct coco_timer_state state;
    memset(&state, 0xff, sizeof(state));
    EXPECT_OK(coco_timer_get(timer, flags, &state));
    return state;
}

int timers_readable(coco_handle_t timer, int wait)
{
    struct coco_poll entry = {.handle = timer, .wanted = COCO_EVENT_READ};
    uint64_t deadline = wait ? deadline_after(60 * SECONDS) : 0;
    return coco_object_poll(&entry, 1, deadline) == 1 && entry.returned == COCO_EVENT_READ;
}

void timers_compute(uint64_t ns)
{
    int64_t end = coco_clock_get(COCO_CLOCK_THREAD) + (int64_t)ns;
    while (coco_clock_get(COCO_CLOCK_THREAD) < end) {
        for (volatile int i = 0; i < 1000; i++) {
        }
    }
}
