// SPDX-License-Identifier: MIT
// Calls that start processes and threads, send signals and make timers, without memory.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"
#include "scratch.h"
#include "shortage.h"
#include "signals.h"
#include "timers.h"

static struct coco_spawn spawn;
static char spawn_texts[4096];

static void prepare(void)
{
    child_prepare(&(struct child){.program = MINIMAL_PROGRAM}, &spawn, spawn_texts);
}

static void wait_for_end(int64_t process)
{
    struct coco_exit_status status;
    if (child_wait(process, &status)) {
        EXPECT_EQ(status.reason, COCO_EXIT_CODE);
        EXPECT_EQ(status.code, 0);
    }
}

static int64_t start_program(void)
{
    return coco_process_spawn(&spawn);
}
SHORTAGE(process_spawn, start_program, .before = prepare, .undo = wait_for_end)

static int64_t start_confined(void)
{
    static const struct coco_call_set calls = {COCO_CLASS_PROCESS, 0, UINT64_MAX};
    const struct coco_policy policy = {
        .size = sizeof(policy),
        .call_count = 1,
        .calls = (uintptr_t)&calls,
        .memory = COCO_LIMIT_NONE,
        .tasks = COCO_LIMIT_NONE,
        .handles = COCO_HANDLE_MAX,
    };
    return coco_process_spawn_confined(&spawn, &policy);
}

static void wait_for_any_end(int64_t process)
{
    struct coco_exit_status status;
    EXPECT_TRUE(child_wait(process, &status));
}
SHORTAGE(process_spawn_confined, start_confined, .before = prepare, .undo = wait_for_any_end)

/* To all calls, so that the test can go on. */
static int64_t confine(void)
{
    struct coco_call_set all[32];
    for (uint32_t i = 0; i < 32; i++) {
        all[i] = (struct coco_call_set){(i & 16) << 27 | (i & 15), 0, UINT64_MAX};
    }
    return coco_process_confine(all, 32, NULL, 0);
}
SHORTAGE(process_confine, confine, .in_copy = true, .rule = RULE("process_confine.ENOMEM"))

static int64_t start_as_upstream(void)
{
    return coco_exec(MINIMAL_PROGRAM, "/", 0);
}
SHORTAGE(exec, start_as_upstream)

static uint32_t end(void *unused)
{
    (void)unused;
    return 0;
}

static int64_t copy_process(void)
{
    return fork_child(end, NULL);
}
SHORTAGE(process_fork, copy_process, .undo = wait_for_end)

/* In a copy, which ends with 0 as the program that it becomes does. */
static int64_t replace(void)
{
    return coco_process_exec(&spawn);
}
SHORTAGE(process_exec, replace, .before = prepare, .in_copy = true)

static struct thread thread;

static void nothing(void *unused)
{
    (void)unused;
}

static int64_t start_thread(void)
{
    return thread_start(&thread, nothing, NULL);
}

static void join(int64_t result)
{
    EXPECT_OK(result);
    EXPECT_OK(thread_join(&thread));
}
SHORTAGE(thread_create, start_thread, .undo = join)

static const struct coco_limit no_limit = {100, 100};

static int64_t set_limit(void)
{
    return coco_process_limit(COCO_LIMIT_TASKS, &no_limit, NULL);
}
SHORTAGE(process_limit, set_limit, .in_copy = true, .rule = RULE("process_limit.ENOMEM"))

static int64_t old_mask;

static void block(void)
{
    old_mask = coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(SIGNAL_QUEUED));
}

static void unblock(void)
{
    struct coco_signal_info info;
    while (coco_signal_wait(SIGNAL_BIT(SIGNAL_QUEUED), 0, &info) >= 0) {
    }
    (void)coco_signal_mask(COCO_SIGNAL_SET, (uint64_t)old_mask);
}

static int64_t send_to_id(void)
{
    return coco_signal_send_id((uint64_t)coco_process_id(), SIGNAL_QUEUED, 1, COCO_SIGNAL_QUEUE);
}
SHORTAGE(signal_send_id, send_to_id, .before = block, .after = unblock, .error = COCO_EAGAIN)

static int64_t send_to_thread(void)
{
    return coco_signal_send_thread((uint64_t)coco_thread_id(), SIGNAL_QUEUED, 1, COCO_SIGNAL_QUEUE);
}
SHORTAGE(signal_send_thread, send_to_thread, .before = block, .after = unblock,
         .error = COCO_EAGAIN)

static int64_t make_timer(void)
{
    return timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_PROCESS, SIGNAL_QUEUED, 0);
}
SHORTAGE(timer_create, make_timer, .undo = shortage_close)
