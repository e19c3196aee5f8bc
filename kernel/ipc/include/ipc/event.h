// SPDX-License-Identifier: MIT
// Event objects: 63 bits that are set by signalling and taken by waiting.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <object/object.h>

/// Makes one with these bits set, bound to `cpu` or with OBJECT_UNBOUND to none, one reference.
/// ERR_NOMEM.
enum status event_create(uint64_t bits, unsigned cpu, struct object **out) __must_check;

/// Sets bits and wakes those who wait. Any context.
void event_signal(struct object *event, uint64_t bits);

/// Waits until one of the bits `wanted` is set; `*found` gets those of them that are. Without
/// `keep` they are taken: whoever comes next does not find them. `deadline` in monotonic ns.
/// Errors: ERR_TIMEDOUT, ERR_INTR, ERR_CANCELED.
enum status event_wait(struct object *event, uint64_t wanted, bool keep, uint64_t deadline,
                       uint64_t *found) __must_check;

/// Row of the object table.
extern const struct object_ops event_object_ops;
