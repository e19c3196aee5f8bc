// SPDX-License-Identifier: MIT
// The simulated machine of a test program that needs memory management.
#pragma once

#include <base/types.h>

#define MACHINE_RAM (64ull << 20) /* bytes */

/// Start RAM and mm_init() at the first call; later calls do nothing. The memory map has a hole and
/// reserved parts.
void machine_start(void);

/// What is in use; caches are emptied first, so that equal use gives equal numbers.
struct machine_usage {
    uint64_t free_pages; /* those that hold the heap's lasting records count as free */
    uint64_t heap_bytes;
};

/// Take stock, to compare with machine_check_usage() at the end of a test.
struct machine_usage machine_usage(void);

/// Start the machine and run `function` in four threads, whose argument is their number from 1.
/// Fail the running test if one returns a complaint, or if memory has leaked.
void machine_stress(void *(*function)(void *number));

/// Fail the running test if pages or heap memory have leaked since `before`.
void machine_check_usage(struct machine_usage before);
