// SPDX-License-Identifier: MIT
// Timers in the tests.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

/// Make a timer. The handle, or an error.
int64_t timers_make(uint32_t clock, uint32_t notify, uint32_t signal, uint64_t value);

/// `timer_set` without the state before. 0 or an error.
int64_t timers_set(coco_handle_t timer, uint32_t flags, uint64_t value, uint64_t interval);

/// `timer_get`; the state is all ones after an error.
struct coco_timer_state timers_get(coco_handle_t timer, uint32_t flags);

/// Whether the timer is readable, or becomes so in at most a minute with `wait`.
int timers_readable(coco_handle_t timer, int wait);

/// Uses processor time until the calling thread has used `ns` more.
void timers_compute(uint64_t ns);
