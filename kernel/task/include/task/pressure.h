// SPDX-License-Identifier: MIT
// Watches over memory: objects that can be waited for, readable while so much of a quota is
// promised (mm/quota.h) that its level is reached.
//
// Memory is promised under spinlocks that come after those of the scheduler, so whoever raises a
// level leaves a note, and tells the waiters on its way to user mode. That a level falls nobody
// waits for.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <object/object.h>

/// Called once, before any other function.
void pressure_init(void);

/// Makes a watch for `level` (COCO_PRESSURE_SOME, HIGH) over the machine, or over the quota of the
/// current process and all above it. One reference. ERR_NOMEM.
enum status pressure_create(bool machine, uint32_t level, struct object **out) __must_check;

/// The level now, COCO_PRESSURE_*.
uint32_t pressure_level(struct object *object);

/// A level rose and nobody has told the waiters yet; atomic.
extern bool pressure_rose;

static inline bool pressure_is_due(void)
{
    return __atomic_load_n(&pressure_rose, __ATOMIC_RELAXED);
}

/// Has all waiters look. No lock held, interrupts on or off.
void pressure_tell(void);

/// Row of the object table for COCO_OBJECT_PRESSURE.
extern const struct object_ops pressure_object_ops;
