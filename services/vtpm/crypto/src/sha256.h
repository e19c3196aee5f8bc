// SPDX-License-Identifier: MIT
// SHA-256's function of blocks (FIPS 180-4, 6.2.2).
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SHA256_WORDS 8
#define SHA256_BLOCK 64
#define SHA256_ROUNDS 64
#define SHA256_QUADS (SHA256_ROUNDS / 4)

/// Words of four rounds, twice: for two blocks side by side, one in each half of a register.
typedef uint32_t sha256_quad[8] __attribute__((aligned(32)));

#define SHA256_QUAD(a, b, c, d) {a, b, c, d, a, b, c, d}

/// The constants of rounds 4 to 11. In a block that pads, whose words there are 0, they are the
/// sums of words and constants as well.
#define SHA256_CONSTANTS_4_TO_11                                                                   \
    SHA256_QUAD(0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5),                                   \
        SHA256_QUAD(0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3)

/// The constants of the rounds; the same in both halves.
extern const sha256_quad facade_sha256_constants[SHA256_QUADS];

/// Takes `count` blocks into the chaining value, in the best way the processor has. What of the
/// blocks was on the stack is wiped. Time depends on `count` alone. Returns 0 or mbedTLS's error.
int facade_sha256(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count);

/// The same for the block that pads a message of 64 bytes, such as the old and the new digest of a
/// PCR: where the schedule is computed in general instructions, that of this block is a constant.
int facade_sha256_padding(uint32_t value[SHA256_WORDS]);

/// With CPU_SHA only.
void facade_sha256_ni(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count);

/// With CPU_AVX2 only.
void facade_sha256_avx2(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count);

/// facade_sha256_padding() with CPU_AVX2 only.
void facade_sha256_avx2_padding(uint32_t value[SHA256_WORDS]);
