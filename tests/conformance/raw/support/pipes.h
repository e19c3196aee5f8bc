// SPDX-License-Identifier: MIT
// Pipes in tests.
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stdint.h>

struct pipe_pair {
    coco_handle_t reader;
    coco_handle_t writer;
};

/// Makes a pipe with the given flags (COCO_STATUS_NONBLOCK or 0); false after recording a failure.
bool pipe_make(struct pipe_pair *pipe, uint32_t flags);

/// Closes both ends; COCO_HANDLE_NONE is passed over.
void pipe_close(struct pipe_pair *pipe);

/// Closes one end and forgets it.
void pipe_close_end(coco_handle_t *end);
