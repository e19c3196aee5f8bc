// SPDX-License-Identifier: MIT
// Behaviours of children that take memory and look how short it is. They have a policy with 64 MiB,
// but for the last one. The exit code is the number of the check that failed.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/thread.h>

#include <stdbool.h>

#define STEP (1ull << 20)
#define STEPS_MAX 4096u

static int64_t taken[STEPS_MAX];
static unsigned count;

static bool take(void)
{
    int64_t at =
        count == STEPS_MAX
            ? COCO_ENOMEM
            : RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, STEP,
                  COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS | COCO_MMAP_PRIVATE);
    if (at < 0) {
        return false;
    }
    taken[count++] = at;
    return true;
}

static bool give_back(void)
{
    return count > 0 && coco_munmap((void *)(uintptr_t)taken[--count], STEP) == 0;
}

static bool holds(int64_t watch)
{
    struct coco_poll entry = {(coco_handle_t)watch, COCO_EVENT_READ, 0, 0};
    return coco_object_poll(&entry, 1, 0) == 1 && entry.returned == COCO_EVENT_READ;
}

/* Steps of 1 MiB of 64: 48 are three quarters, 57.6 nine tenths, 54.4 and 44.8 where levels end. */
BEHAVIOUR(pressure_levels)
{
    int64_t some = coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_SOME);
    int64_t high = coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_HIGH);
    NEED(1, some > 0 && high > 0 && !holds(some) && !holds(high));
    while (coco_pressure_level((coco_handle_t)some) == COCO_PRESSURE_NONE) {
        NEED(2, !holds(some) && take());
    }
    unsigned first = count;
    NEED(3, first > 20 && first <= 48 && holds(some) && !holds(high));
    while (coco_pressure_level((coco_handle_t)high) == COCO_PRESSURE_SOME) {
        NEED(4, holds(some) && !holds(high) && take());
    }
    NEED(5, count - first >= 9 && count - first <= 11 && holds(some) && holds(high));
    unsigned most = count;
    while (coco_pressure_level((coco_handle_t)high) == COCO_PRESSURE_HIGH) {
        NEED(6, holds(high) && give_back());
    }
    NEED(7, most - count >= 3 && most - count <= 5 && !holds(high) && holds(some));
    NEED(8, take() && !holds(high)); // it would have to rise as far as before
    while (coco_pressure_level((coco_handle_t)some) == COCO_PRESSURE_SOME) {
        NEED(9, holds(some) && give_back());
    }
    NEED(10, first - count >= 3 && first - count <= 5 && !holds(some));
    return 0;
}

static int64_t watched;
static int64_t polled;

static void wait_for_it(void *unused)
{
    struct coco_poll entry = {(coco_handle_t)watched, COCO_EVENT_READ, 0, 0};
    (void)unused;
    polled = coco_object_poll(&entry, 1, deadline_after(60 * SECONDS));
}

BEHAVIOUR(pressure_wakes)
{
    static struct thread thread;
    watched = coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_HIGH);
    NEED(1, watched > 0 && thread_start(&thread, wait_for_it, NULL) == 0);
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    while (coco_pressure_level((coco_handle_t)watched) != COCO_PRESSURE_HIGH) {
        NEED(2, take());
    }
    NEED(3, thread_join(&thread) == 0 && polled == 1);
    return 0;
}

/* Takes three quarters of what the machine can promise, and keeps them. */
BEHAVIOUR(pressure_of_machine)
{
    int64_t watch = coco_pressure_open(COCO_PRESSURE_MACHINE, COCO_PRESSURE_SOME);
    while (coco_pressure_level((coco_handle_t)watch) == COCO_PRESSURE_NONE) {
        NEED(1, take());
    }
    (void)coco_sleep_until(COCO_FOREVER);
    return 0;
}
