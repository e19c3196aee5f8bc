// SPDX-License-Identifier: MIT
// The end of a process for which memory runs out when it touches a page. Memory that is mapped is
// promised, so this needs what is not: the stacks of several processes, with all else taken.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/raw.h>
#include <harness/thread.h>
#include <stdbool.h>

#define PAGE 4096ull
#define STACK_PART (7ull * 1024 * 1024) /* of the main stack's 8 MiB */
#define SPARE (4ull * 1024 * 1024)      /* promised to the images of the processes */
#define PROCESSES 8u
#define HOLD "/raw/no-memory-hold"

static void touch(uint64_t start, uint64_t len)
{
    for (uint64_t at = 0; at < len; at += PAGE) {
        *(volatile uint8_t *)(start + at) = 1;
    }
}

static uint64_t map(uint64_t len)
{
    int64_t area = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, len,
                       COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS);
    return area > 0 ? (uint64_t)area : 0;
}

static void take_everything(void)
{
    uint64_t len = (uint64_t)coco_query(COCO_QUERY_MEM_LIMIT) & ~(PAGE - 1);
    uint64_t spare = map(SPARE);
    while (len >= PAGE) {
        uint64_t area = map(len);
        if (area == 0) {
            len = len / 2 & ~(PAGE - 1);
        } else {
            touch(area, len);
        }
    }
    (void)coco_munmap((void *)spare, SPARE);
}

/* Fills most of its stack and keeps it; tells so by removing the file its argument names. */
BEHAVIOUR(fill_stack)
{
    touch((uintptr_t)__builtin_frame_address(0) - STACK_PART, STACK_PART - PAGE);
    if (entry_argument(2) != NULL && coco_unlink(entry_argument(2)) != 0) {
        return 2;
    }
    (void)coco_sleep_until(deadline_after(300 * SECONDS));
    return 1;
}

/* As fill_stack, once HOLD has gone. Looking for it may lack memory, too. */
BEHAVIOUR(fill_stack_later)
{
    int64_t hold;
    while ((hold = coco_open(HOLD, COCO_OPEN_READ, 0)) != COCO_ENOTFOUND) {
        if (hold >= 0) {
            (void)coco_close((coco_handle_t)hold);
        }
        (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    }
    touch((uintptr_t)__builtin_frame_address(0) - STACK_PART, STACK_PART - PAGE);
    (void)coco_sleep_until(deadline_after(300 * SECONDS));
    return 1;
}

/* Whether one of the processes ends for lack of memory, within two minutes. */
static bool one_runs_out(const coco_handle_t *processes, uint32_t count)
{
    uint64_t deadline = deadline_after(120 * SECONDS);
    while (deadline_after(0) < deadline) {
        for (uint32_t i = 0; i < count; i++) {
            struct coco_exit_status status;
            if (coco_process_wait(processes[i], 0, &status) == 0 &&
                status.reason == COCO_EXIT_NO_MEMORY) {
                return true;
            }
        }
        (void)coco_sleep_until(deadline_after(10 * MILLISECONDS));
    }
    return false;
}

BEHAVIOUR(run_out_of_memory)
{
    static const char arguments[] = "child\0fill_stack_later";
    const struct coco_spawn spawn = {.size = sizeof(spawn),
                                     .path = (uintptr_t)"/raw/child",
                                     .arguments = (uintptr_t)arguments,
                                     .arguments_len = sizeof(arguments),
                                     .argument_count = 2};
    coco_handle_t processes[PROCESSES];
    uint32_t count = 0;
    int64_t hold = coco_open(HOLD, COCO_OPEN_WRITE, COCO_OPEN_CREATE);
    if (hold < 0 || coco_close((coco_handle_t)hold) != 0) {
        return 2;
    }
    take_everything();
    while (count < PROCESSES) {
        int64_t process = coco_process_spawn(&spawn);
        if (process < 0) {
            break;
        }
        processes[count++] = (coco_handle_t)process;
    }
    /* All of them fill at once: one that fills early would keep the next from being started. */
    if (coco_unlink(HOLD) != 0) {
        return 3;
    }
    bool seen = one_runs_out(processes, count);
    for (uint32_t i = 0; i < count; i++) {
        (void)coco_process_kill(processes[i], 9);
    }
    return seen ? 10 : (int)(100 + count);
}
