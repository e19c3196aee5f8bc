// SPDX-License-Identifier: MIT
// Reading the kernel's counters, with patience for what other CPUs are still taking down.
#include <harness/counters.h>

#include <coconut/coconut.h>
#include <coconut/queries.h>
#include <harness/entry.h>
#include <harness/print.h>

#define SETTLE_NS 60000000000ll /* only what never stands still takes as long */
#define SETTLE_STEP_NS 1000000ll
#define STILL_STEPS 20

static int64_t now(void)
{
    return coco_clock_get(COCO_CLOCK_MONOTONIC);
}

static void step(void)
{
    (void)coco_sleep_until((uint64_t)(now() + SETTLE_STEP_NS));
}

int64_t counter(uint32_t item)
{
    return coco_system_counter(entry_handle(COCO_ROLE_SYSTEM), item);
}

bool counters_available(void)
{
    return entry_handle(COCO_ROLE_SYSTEM) != COCO_HANDLE_NONE && counter(COCO_COUNTER_OBJECTS) >= 0;
}

bool counters_read(struct counters *counters)
{
    if (!counters_available()) {
        return false;
    }
    counters->objects = counter(COCO_COUNTER_OBJECTS);
    counters->handles = counter(COCO_COUNTER_HANDLES);
    counters->processes = counter(COCO_COUNTER_PROCESSES);
    counters->threads = counter(COCO_COUNTER_THREADS);
    return true;
}

bool counters_read_still(struct counters *counters)
{
    int64_t deadline = now() + SETTLE_NS;
    bool readable = counters_read(counters);
    for (int still = 0; readable && still < STILL_STEPS && now() < deadline; still++) {
        struct counters before = *counters;
        step();
        readable = counters_read(counters);
        if (before.objects != counters->objects || before.handles != counters->handles ||
            before.processes != counters->processes || before.threads != counters->threads) {
            still = 0;
        }
    }
    return readable;
}

static bool differ(const char *what, int64_t before, int64_t after, char *text, size_t size)
{
    if (before == after) {
        return false;
    }
    print_to(text, size, "%s went from %ld to %ld", what, before, after);
    return true;
}

bool counters_settle(const struct counters *before, char *text, size_t size)
{
    int64_t deadline = now() + SETTLE_NS;
    for (;;) {
        struct counters after;
        if (!counters_read(&after)) {
            print_to(text, size, "the counters can no longer be read");
            return false;
        }
        if (!differ("objects", before->objects, after.objects, text, size) &&
            !differ("handles", before->handles, after.handles, text, size) &&
            !differ("processes", before->processes, after.processes, text, size) &&
            !differ("threads", before->threads, after.threads, text, size)) {
            return true;
        }
        if (now() > deadline) {
            return false;
        }
        step();
    }
}

int64_t counters_free_memory(void)
{
    int64_t deadline = now() + SETTLE_NS;
    int64_t memory = counter(COCO_COUNTER_MEM_FREE);
    for (int still = 0; still < STILL_STEPS && now() < deadline; still++) {
        step();
        int64_t again = counter(COCO_COUNTER_MEM_FREE);
        if (again != memory) {
            memory = again;
            still = 0;
        }
    }
    return memory;
}
