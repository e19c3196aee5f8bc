// SPDX-License-Identifier: MIT
// Random arguments of calls, for the storm.
#pragma once

#include <coconut/call_table.h>
#include <coconut/coconut.h>
#include <harness/thread.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE 4096ull
#define ARENA_SIZE (512ull * 1024)
#define SCRIBBLE_SIZE 8192u
#define PATH_TEXT 200u

/* A thread of the storm. */
struct stormer {
    struct thread thread;
    uint64_t state;
    uint64_t calls;
    char path[PATH_TEXT + 1];
    struct coco_exchange exchange;
};

/* Where arguments point: bytes of this program, and mapped memory. */
extern uint8_t storm_scribble[SCRIBBLE_SIZE];
extern uint64_t storm_arena;

/* All of these go on with the random numbers of `state`, that of a stormer. */

/// A number from 0 to limit - 1.
uint64_t storm_below(uint64_t *state, uint64_t limit);

/// Any number, with a liking for edges.
uint64_t storm_any(uint64_t *state);

/// A length, mostly a short one.
uint64_t storm_length(uint64_t *state);

/// A value for an argument.
uint64_t storm_value(uint64_t *state, const struct coco_argument_info *argument);

/// The address of what an exchange of messages takes; it waits until `deadline` at most.
uint64_t storm_exchange(uint64_t *state, uint64_t deadline);
