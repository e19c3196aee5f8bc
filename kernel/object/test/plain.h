// SPDX-License-Identifier: MIT
// A kind of object for the tests: it counts what happens to it.
#pragma once

#include <object/object.h>
#include <object/wait.h>

struct plain {
    struct object object;
    unsigned *destroyed;    /* counted up when the object goes; may be NULL */
    unsigned *zero_handles; /* counted up at each on_zero_handles; may be NULL */
    uint32_t events;        /* atomic; of a PIPE */
    struct wait_queue changed;
};

/// Makes an object of kind `type` (COCO_OBJECT_FILE, DIR, LOG or PIPE) with one reference.
struct object *plain_make(unsigned type, unsigned *destroyed, unsigned *zero_handles);

/// Sets the events of a PIPE and wakes those who wait for them.
void plain_set_events(struct object *object, uint32_t events);
