// SPDX-License-Identifier: MIT
#include "signals.h"

#include <coconut/coconut.h>
#include <harness/string.h>
#include <harness/test.h>

#include <stddef.h>

struct signals_caught signals_caught;
void (*signals_hook)(struct coco_signal_frame *frame);

void signals_entry(struct coco_signal_frame *frame)
{
    uint32_t index = __atomic_load_n(&signals_caught.count, __ATOMIC_RELAXED);
    if (index < SIGNALS_KEPT) {
        signals_caught.info[index] = frame->info;
    }
    signals_caught.handler = frame->handler;
    signals_caught.mask = frame->mask;
    signals_caught.flags = frame->flags;
    signals_caught.frame = (uintptr_t)frame;
    signals_caught.blocked = (uint64_t)coco_signal_mask(COCO_SIGNAL_BLOCK, 0);
    __atomic_store_n(&signals_caught.count, index + 1, __ATOMIC_RELEASE);
    if (signals_hook != NULL) {
        signals_hook(frame);
    }
    coco_signal_return(frame);
}

int64_t signals_catch(uint32_t signal, uint32_t flags, uint64_t mask)
{
    const struct coco_signal_action action = {
        .handler = 0x1000 + signal,
        .entry = (uintptr_t)signals_entry,
        .mask = mask,
        .flags = flags,
    };
    return coco_signal_action(signal, &action, NULL);
}

int64_t signals_set(uint32_t signal, uint64_t handler)
{
    const struct coco_signal_action action = {.handler = handler};
    return coco_signal_action(signal, &action, NULL);
}

int64_t signals_raise(uint32_t signal)
{
    return coco_signal_send_thread(0, signal, 0, 0);
}

void signals_interrupt(uint32_t signal, struct thread *thread)
{
    struct coco_poll end = {.handle = thread->handle, .wanted = COCO_EVENT_ENDED};
    int64_t before = coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(signal));
    for (unsigned i = 0; i < 6000; i++) {
        if (coco_object_poll(&end, 1, deadline_after(10 * MILLISECONDS)) != 0) {
            break;
        }
        EXPECT_OK(coco_signal_send_id((uint64_t)coco_process_id(), signal, 0, 0));
    }
    EXPECT_EQ(end.returned, COCO_EVENT_ENDED);
    EXPECT_OK(thread_join(thread));
    EXPECT_TRUE(coco_signal_mask(COCO_SIGNAL_SET, (uint64_t)before) >= 0);
}

void signals_reset(void)
{
    signals_hook = NULL;
    for (uint32_t signal = 1; signal <= COCO_SIGNAL_MAX; signal++) {
        /* KILL and STOP have no other action. Ignored first: what waits goes away. */
        (void)signals_set(signal, COCO_SIGNAL_IGNORE);
    }
    (void)coco_signal_mask(COCO_SIGNAL_SET, 0);
    for (uint32_t signal = 1; signal <= COCO_SIGNAL_MAX; signal++) {
        (void)signals_set(signal, COCO_SIGNAL_DEFAULT);
    }
    (void)coco_signal_stack(NULL, 0);
    memset(&signals_caught, 0, sizeof(signals_caught));
}

bool signals_await(uint32_t count)
{
    uint64_t deadline = deadline_after(60 * SECONDS);
    while (__atomic_load_n(&signals_caught.count, __ATOMIC_ACQUIRE) < count) {
        if ((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) > deadline) {
            return false;
        }
        (void)coco_thread_yield();
    }
    return true;
}
