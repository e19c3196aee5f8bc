// SPDX-License-Identifier: MIT
// Waiting for one or several objects of any kind, with a deadline. Plain C11 and C++; no library.
//
//     struct coco_poll entries[2];
//     struct coco_wait_set set = coco_wait_set_in(entries, 2);
//     coco_wait_add(&set, timer, COCO_EVENT_READ);
//     coco_wait_add(&set, channel, COCO_EVENT_READ);
//     int64_t index = coco_wait_any(&set, coco_deadline_after(1000000000));
//
// Events hold as levels: they are told again until something is done about them. Events of one's
// own are made, signalled and taken by coco_event_create(), coco_event_signal() and
// coco_event_wait(). Results below 0 are errors (COCO_E...). No function keeps a pointer; each may
// be called in several threads, with a set for each.
#pragma once

#include <coconut/coconut.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The time `nanoseconds` from now, as deadlines are given; COCO_FOREVER if that is beyond all
/// time.
static inline uint64_t coco_deadline_after(uint64_t nanoseconds)
{
    uint64_t now = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    return nanoseconds < COCO_FOREVER - now ? now + nanoseconds : COCO_FOREVER;
}

/// What is waited for. The caller owns the entries.
struct coco_wait_set {
    struct coco_poll *entries;
    uint32_t count;
    uint32_t capacity; /* entries that there is room for */
};

/// An empty set in the caller's memory.
static inline struct coco_wait_set coco_wait_set_in(struct coco_poll *entries, uint32_t capacity)
{
    struct coco_wait_set set;
    set.entries = entries;
    set.count = 0;
    set.capacity = capacity;
    return set;
}

/// Adds an object; `wanted`: COCO_EVENT_READ, WRITE, ENDED. HANGUP and ERROR are waited for in any
/// case. The result is its index, or COCO_ENOMEM when there is no room.
static inline int64_t coco_wait_add(struct coco_wait_set *set, coco_handle_t handle,
                                    uint32_t wanted)
{
    if (set->count >= set->capacity) {
        return COCO_ENOMEM;
    }
    set->entries[set->count].handle = handle;
    set->entries[set->count].wanted = wanted;
    set->entries[set->count].returned = 0;
    set->entries[set->count].reserved = 0;
    return set->count++;
}

/// Waits until an object of the set is ready; the result is the index of the first that is, and the
/// entry's `returned` tells why. COCO_ETIMEDOUT when `deadline` has passed; COCO_EINTR.
static inline int64_t coco_wait_any(struct coco_wait_set *set, uint64_t deadline)
{
    int64_t ready = coco_object_poll(set->entries, set->count, deadline);
    if (ready < 0) {
        return ready;
    }
    for (uint32_t i = 0; ready > 0 && i < set->count; i++) {
        if (set->entries[i].returned != 0) {
            return i;
        }
    }
    return COCO_ETIMEDOUT;
}

/// The same for one object; the result is the events that hold.
static inline int64_t coco_wait_one(coco_handle_t handle, uint32_t wanted, uint64_t deadline)
{
    struct coco_poll entry;
    struct coco_wait_set set = coco_wait_set_in(&entry, 1);
    (void)coco_wait_add(&set, handle, wanted);
    int64_t index = coco_wait_any(&set, deadline);
    return index == 0 ? (int64_t)entry.returned : index;
}

#ifdef __cplusplus
}
#endif
