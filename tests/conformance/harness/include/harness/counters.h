// SPDX-License-Identifier: MIT
// The kernel's own counts of what exists, for tests that must leave nothing behind.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counters {
    int64_t objects;
    int64_t handles;
    int64_t processes;
    int64_t threads;
};

/// Whether the program holds a SYSTEM handle that may read counters.
bool counters_available(void);

/// Value of COCO_COUNTER_* `item`; negative if it cannot be read.
int64_t counter(uint32_t item);

/// Reads all; false if not available.
bool counters_read(struct counters *counters);

/// The same once they stand still: what ran before may be ending on other CPUs.
bool counters_read_still(struct counters *counters);

/// Waits until the counters are as in `before`, since the end of a process or thread takes a while
/// on other CPUs. On false `text` tells what differs.
bool counters_settle(const struct counters *before, char *text, size_t size);

/// Waits until free memory has not changed for some time, and returns it.
int64_t counters_free_memory(void);
