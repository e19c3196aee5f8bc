// SPDX-License-Identifier: MIT
// A kind of object for the tests: it counts what happens to it.
#pragma once

#include <object/object.h>

struct plain {
    struct object object;
    unsigned *destroyed;    /* counted up when the object goes; may be NULL */
    unsigned *zero_handles; /* counted up at each on_zero_handles; may be NULL */
};

/// Makes an object of kind `type` (COCO_OBJECT_FILE, DIR or LOG) with one reference.
struct object *plain_make(unsigned type, unsigned *destroyed, unsigned *zero_handles);
