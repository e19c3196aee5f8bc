// SPDX-License-Identifier: MIT
// The kernel's random generator: ChaCha20 with fast key erasure, seeded from the processor's random
// instructions, without which the kernel does not start, and the time-stamp counter. Thread-safe,
// any context, never sleeps, never fails.
#pragma once

#include <base/types.h>

/// Seed the generator; called by mm_init().
void random_init(void);

/// Fill `len` bytes with random data fit for keys.
void random_bytes(void *out, size_t len);

/// A random 64-bit number.
uint64_t random_u64(void);

/// A random number below `bound` (> 0), all equally likely.
uint64_t random_below(uint64_t bound);
