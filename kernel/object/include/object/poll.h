// SPDX-License-Identifier: MIT
// Waiting for events of several objects at once.
#pragma once

#include <object/object.h>
#include <object/wait.h>

/// One object that is waited for. The caller fills in the first three and holds a reference.
struct poll_item {
    struct object *object; /* NULL: `returned` stays as it is, and counts */
    uint32_t wanted;       /* COCO_EVENT_*; HANGUP and ERROR are reported in any case */
    uint32_t returned;     /* what held at the end */
    struct waiter waiter;  /* private */
};

/// Waits until one of `count` items has an event that is wanted; `*ready` gets the number of items
/// that have. OK with 0 when `deadline` (monotonic ns) has passed; 0 looks and does not wait. The
/// cost is linear in `count`. ERR_CANCELED. Sleeps.
__must_check enum status poll_wait(struct poll_item *items, size_t count, uint64_t deadline,
                                   size_t *ready);
