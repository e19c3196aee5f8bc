// SPDX-License-Identifier: MIT
// What the kernel has in use, by its counters.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct usage {
    int64_t objects;
    int64_t handles;
    int64_t processes;
    int64_t threads;
    int64_t free_memory; /* bytes */
};

/// Reads the counters once they stand still. False, after saying so, if they cannot be read.
bool usage_read(struct usage *usage);

/// Whether everything is as it was before, memory up to 128 KiB; prints what is not. What other
/// processors still take down is waited for.
bool usage_is_back(const struct usage *before);
