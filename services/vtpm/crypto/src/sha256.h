// SPDX-License-Identifier: MIT
// SHA-256's function of blocks (FIPS 180-4, 6.2.2).
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SHA256_WORDS 8
#define SHA256_BLOCK 64
#define SHA256_ROUNDS 64

/// The constants of the rounds.
extern const uint32_t facade_sha256_constants[SHA256_ROUNDS];

/// Takes `count` blocks into the chaining value, in the best way the processor has. What of the
/// blocks was on the stack is wiped. Time depends on `count` alone. Returns 0 or mbedTLS's error.
int facade_sha256(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count);

/// With CPU_SHA only.
void facade_sha256_ni(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count);

/// With CPU_AVX2 only.
void facade_sha256_avx2(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count);
