// SPDX-License-Identifier: MIT
// Measuring an operation in batches. Under instruction counting a tick of the time-stamp counter is
// an instruction. For each operation a line is printed:
//   R <operation> <n> <min> <median> <max> <nanoseconds>   ticks, and median nanoseconds, of one
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Something to measure. Functions return a negative error, or anything else for success.
struct operation {
    const char *name;
    uint64_t count;                    /* operations in a batch */
    int64_t (*set_up)(uint64_t count); /* before each batch, not measured; NULL: nothing */
    int64_t (*run)(uint64_t count);
    int64_t (*clean_up)(uint64_t count); /* after each batch, not measured; NULL: nothing */
};

/// The time-stamp counter, after all that was before.
uint64_t measure_ticks(void);

/// Measures and prints. False, with a line that says why, if the operation failed.
bool measure_operation(const struct operation *operation);
