// SPDX-License-Identifier: MIT
// Sleeping mutex: one atomic operation when nobody competes. Held across sleeps and user copies;
// never taken with a spinlock held or in an interrupt handler. Not recursive. Waiting for it is not
// interrupted by the end of the process, so holders must not wait for user mode.
#pragma once

#include <base/compiler.h>
#include <object/wait.h>

struct mutex {
    uint32_t state; /* atomic: 0 free, 1 held, 2 held and somebody may be waiting */
    struct wait_queue waiters;
};

/// Makes a free mutex.
void mutex_init(struct mutex *mutex);

/// Takes the mutex, sleeping as long as needed.
void mutex_lock(struct mutex *mutex);

/// Takes the mutex if it is free; true on success. Does not sleep.
__must_check bool mutex_trylock(struct mutex *mutex);

/// Gives the mutex back; the caller holds it.
void mutex_unlock(struct mutex *mutex);
