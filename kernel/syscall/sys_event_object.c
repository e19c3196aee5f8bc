// SPDX-License-Identifier: MIT
// Event objects; waiting for several objects is in sys_event.c.
#include <abi/objects.h>
#include <ipc/event.h>

#include "new_handle.h"
#include "prototypes.h"

/// Sets of bits are results, too, and must not look like errors.
static bool is_set(uint64_t bits)
{
    return (bits & ~COCO_EVENT_BITS) == 0;
}

int64_t sys_event_create(uint64_t bits)
{
    struct object *event;

    if (!is_set(bits)) {
        return ERR_INVAL;
    }
    enum status status = event_create(bits, &event);
    return status == OK ? new_handle_install(event, COCO_OBJECT_EVENT_RIGHTS) : status;
}

int64_t sys_event_signal(struct object *event, uint64_t bits)
{
    if (!is_set(bits)) {
        return ERR_INVAL;
    }
    if (bits != 0) {
        event_signal(event, bits);
    }
    return OK;
}

int64_t sys_event_wait(struct object *event, uint64_t bits, uint32_t flags, uint64_t deadline)
{
    uint64_t found;

    if (!is_set(bits) || bits == 0) {
        return ERR_INVAL;
    }
    enum status status =
        event_wait(event, bits, (flags & COCO_EVENT_WAIT_KEEP) != 0, deadline, &found);
    return status == OK ? (int64_t)found : status;
}
