// SPDX-License-Identifier: MIT
// Measures operations of programs with a C library, the same on each system. Lines of output:
//     R <operation> <n> <min> <median> <max> <nanoseconds>   ticks, and median nanoseconds, of one
//     S <operation>                                          the system does not have it
//     E <operation> <text>                                   it failed
// A tick is the processor's; where the emulator counts instructions, it is one.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One row of the table. Functions return 0, or -1 with errno; ENOSYS means that the system lacks
/// what the row measures.
struct operation {
    const char *name;
    unsigned count;                  ///< operations in a batch, at least 1
    int (*set_up)(unsigned count);   ///< before each batch, not measured; NULL: nothing
    int (*run)(unsigned count);      ///< measured
    int (*clean_up)(unsigned count); ///< after each batch, not measured; NULL: nothing
};

/// Now, in ticks.
uint64_t measure_ticks(void);

/// Measure operations in turn, to a row without a name, and print their lines to standard output.
/// Stops at the first that fails. Returns 0, or -1 if one failed. One thread at a time.
int measure_all(const struct operation *operations);

#ifdef __cplusplus
}
#endif
