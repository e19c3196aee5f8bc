// SPDX-License-Identifier: MIT
#include "leaks.h"

#include <inttypes.h>
#include <stdio.h>

#include <coconut/coconut.h>
#include <coconut/event.h>

#define STEP 2000000ull       /* ns */
#define STEPS 1000u           /* 2 s at most */
#define STILL 20u             /* steps without a change */
#define CACHES (128ll * 1024) /* bytes that the kernel may keep for the next process */
#define START_HANDLES 16u     /* `coconut run` gives a program few */

/* The handle through which `coconut run` lets a program read counters. */
static coco_handle_t system_handle(void)
{
    for (coco_handle_t handle = 0; handle < START_HANDLES; handle++) {
        const int64_t info = coco_handle_info(handle);
        if (!coco_is_error(info) && (uint32_t)info == COCO_OBJECT_SYSTEM) {
            return handle;
        }
    }
    return COCO_HANDLE_NONE;
}

static bool read_now(struct usage *usage)
{
    const coco_handle_t handle = system_handle();
    int64_t *const places[] = {&usage->objects, &usage->handles, &usage->processes, &usage->threads,
                               &usage->free_memory};
    const uint32_t items[] = {COCO_COUNTER_OBJECTS, COCO_COUNTER_HANDLES, COCO_COUNTER_PROCESSES,
                              COCO_COUNTER_THREADS, COCO_COUNTER_MEM_FREE};

    for (unsigned i = 0; i < 5; i++) {
        *places[i] = coco_system_counter(handle, items[i]);
        if (coco_is_error(*places[i])) {
            printf("the kernel's counters cannot be read\n");
            return false;
        }
    }
    return true;
}

static bool same(const struct usage *a, const struct usage *b)
{
    return a->objects == b->objects && a->handles == b->handles && a->processes == b->processes &&
           a->threads == b->threads && a->free_memory == b->free_memory;
}

bool usage_read(struct usage *usage)
{
    struct usage again;

    if (!read_now(usage)) {
        return false;
    }
    for (unsigned step = 0, still = 0; step < STEPS && still < STILL; step++) {
        (void)coco_sleep_until(coco_deadline_after(STEP));
        if (!read_now(&again)) {
            return false;
        }
        still = same(usage, &again) ? still + 1 : 0;
        *usage = again;
    }
    return true;
}

static bool compare(const char *what, int64_t before, int64_t after, int64_t slack)
{
    const int64_t lost = after - before;

    printf("%s: %" PRId64 " before, %" PRId64 " after\n", what, before, after);
    return lost <= slack;
}

bool usage_is_back(const struct usage *before)
{
    struct usage after;

    if (!usage_read(&after)) {
        return false;
    }
    bool back = compare("objects", before->objects, after.objects, 0);
    back = compare("handles", before->handles, after.handles, 0) && back;
    back = compare("processes", before->processes, after.processes, 0) && back;
    back = compare("threads", before->threads, after.threads, 0) && back;
    back = compare("bytes of memory taken", 0, before->free_memory - after.free_memory, CACHES) &&
           back;
    return back;
}
