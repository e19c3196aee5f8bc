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

int64_t sys_pipe_create(uint32_t flags)
{
    struct object *ends[2];
    enum status status = make_ends((uint8_t)flags, ends);

    if (status != OK) {
        return status;
    }
    return new_handle_install_two(ends, (const uint32_t[]){HANDLE_RIGHTS | COCO_RIGHT_READ,
                                                           HANDLE_RIGHTS | COCO_RIGHT_WRITE});
}
