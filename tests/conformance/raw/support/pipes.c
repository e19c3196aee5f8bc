// SPDX-License-Identifier: MIT
#include "pipes.h"

#include <coconut/coconut.h>
#include <harness/test.h>

bool pipe_make(struct pipe_pair *pipe, uint32_t flags)
{
    int64_t ends = coco_pipe_create(flags);

    *pipe = (struct pipe_pair){COCO_HANDLE_NONE, COCO_HANDLE_NONE};
    if (!EXPECT_TRUE(ends > 0)) {
        return false;
    }
    pipe->reader = (coco_handle_t)ends;
    pipe->writer = (coco_handle_t)(ends >> 32);
    return true;
}

void pipe_close_end(coco_handle_t *end)
{
    if (*end != COCO_HANDLE_NONE) {
        EXPECT_OK(coco_close(*end));
        *end = COCO_HANDLE_NONE;
    }
}

void pipe_close(struct pipe_pair *pipe)
{
    pipe_close_end(&pipe->reader);
    pipe_close_end(&pipe->writer);
}
