// SPDX-License-Identifier: MIT
#include <ipc/pipe.h>

#include "new_handle.h"
#include "prototypes.h"

#define HANDLE_RIGHTS (COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT)

/// Make both ends, with `status_flags`. Two new references on OK, none otherwise.
static enum status make_ends(uint8_t status_flags, struct object *ends[2])
{
    struct pipe *pipe;
    enum status status = pipe_create(&pipe);

    if (status != OK) {
        return status;
    }
    status = pipe_open_end(pipe, PIPE_END_READ, &ends[0]);
    if (status == OK) {
        status = pipe_open_end(pipe, PIPE_END_WRITE, &ends[1]);
        if (status != OK) {
            object_put(ends[0]);
        }
    }
    pipe_put(pipe); // the ends keep it
    if (status == OK) {
        object_change_status_flags(ends[0], 0, status_flags);
        object_change_status_flags(ends[1], 0, status_flags);
    }
    return status;
}

/// Give the caller handles on both ends, whose references are handed over. Result of the call.
static int64_t install_ends(struct object *ends[2])
{
    int64_t reading = new_handle_install(ends[0], HANDLE_RIGHTS | COCO_RIGHT_READ);

    if (reading < 0) {
        object_put(ends[1]);
        return reading;
    }
    int64_t writing = new_handle_install(ends[1], HANDLE_RIGHTS | COCO_RIGHT_WRITE);
    if (writing < 0) {
        new_handle_cancel((uint32_t)reading);
        return writing;
    }
    return (int64_t)((uint64_t)writing << 32 | (uint64_t)reading);
}

int64_t sys_pipe_create(uint32_t flags)
{
    struct object *ends[2];
    enum status status = make_ends((uint8_t)flags, ends);

    return status == OK ? install_ends(ends) : status;
}
