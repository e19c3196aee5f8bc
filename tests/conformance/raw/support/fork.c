// SPDX-License-Identifier: MIT
#include "fork.h"

#include <coconut/coconut.h>
#include <harness/test.h>

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

int64_t fork_child(uint32_t (*run)(void *), void *argument)
{
    uint64_t *top = (uint64_t *)(stack + sizeof(stack)) - 1;

    body.run = run;
    body.argument = argument;
    *top = 0; /* as if called */
    return coco_process_fork((const void *)(uintptr_t)enter, top, 0, NULL);
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
