// SPDX-License-Identifier: MIT
// What tests of sessions do in copies of the test process, where checks are nobody's.
#pragma once

#include <stdint.h>

/// Ends the body of a copy with the line of what does not hold.
#define FAIL_UNLESS(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return __LINE__ & 0xffff;                                                              \
        }                                                                                          \
    } while (0)

/// Waits for the end of a listed copy: its exit code, 1000 more than the signal that ended it, or
/// 99.
uint32_t session_wait(uint64_t id);

/// A listed copy that sleeps in a group of its own.
uint64_t session_start_group(void);
