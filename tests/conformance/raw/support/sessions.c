// SPDX-License-Identifier: MIT
#include "sessions.h"

#include <coconut/coconut.h>
#include <harness/thread.h>

#include "fork.h"

uint32_t session_wait(uint64_t id)
{
    struct coco_child child;
    int64_t told = coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED,
                                           deadline_after(60 * SECONDS), &child);
    return told < 0                                  ? 99
           : child.status.reason == COCO_EXIT_KILLED ? 1000 + child.status.code
                                                     : child.status.code;
}

static uint32_t sleep_in_group(void *unused)
{
    (void)unused;
    (void)coco_process_set_group(0, 0);
    for (;;) {
        (void)coco_sleep_until(deadline_after(SECONDS));
    }
}

uint64_t session_start_group(void)
{
    uint64_t id = fork_listed(sleep_in_group, NULL);
    (void)coco_process_set_group(id, id);
    return id;
}
