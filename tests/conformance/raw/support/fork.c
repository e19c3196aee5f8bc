// SPDX-License-Identifier: MIT
#include "fork.h"

#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"

static struct {
    uint32_t (*run)(void *);
    void *argument;
} body;

static _Alignas(16) uint8_t stack[32768];

static void enter(void)
{
    coco_process_exit(body.run(body.argument));
}

static int64_t start(uint32_t (*run)(void *), void *argument, uint32_t flags)
{
    uint64_t *top = (uint64_t *)(stack + sizeof(stack)) - 1;

    body.run = run;
    body.argument = argument;
    *top = 0; /* as if called */
    return coco_process_fork((const void *)(uintptr_t)enter, top, 0, NULL, flags);
}

int64_t fork_child(uint32_t (*run)(void *), void *argument)
{
    return start(run, argument, 0);
}

uint64_t fork_listed(uint32_t (*run)(void *), void *argument)
{
    int64_t process = start(run, argument, COCO_SPAWN_CHILD);
    if (!EXPECT_TRUE(process >= 0)) {
        return 0;
    }
    int64_t id = coco_process_handle_id((coco_handle_t)process);
    EXPECT_OK(coco_close((coco_handle_t)process));
    return (uint64_t)id;
}

uint32_t fork_run(uint32_t (*run)(void *), void *argument)
{
    struct coco_exit_status status;
    int64_t process = fork_child(run, argument);

    EXPECT_TRUE(process >= 0);
    if (process < 0 || !child_wait(process, &status)) {
        return UINT32_MAX;
    }
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    return status.reason == COCO_EXIT_CODE ? status.code : UINT32_MAX;
}

static uint32_t sleep_on(void *unused)
{
    (void)unused;
    for (;;) {
        (void)coco_sleep_until(deadline_after(SECONDS));
    }
}

uint64_t fork_sleeper(void)
{
    return fork_listed(sleep_on, NULL);
}

void fork_reap(uint64_t id, uint32_t signal)
{
    struct coco_child child;
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED,
                                      deadline_after(60 * SECONDS), &child),
              id);
    EXPECT_EQ(child.status.reason, COCO_EXIT_KILLED);
    EXPECT_EQ(child.status.code, signal);
}

void fork_end(uint64_t id)
{
    EXPECT_OK(coco_signal_send_id(id, COCO_SIGNAL_KILL, 0, 0));
    fork_reap(id, COCO_SIGNAL_KILL);
}
