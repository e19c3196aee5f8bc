// SPDX-License-Identifier: MIT
// ChaCha20 as the core of a random generator with fast key erasure. The state is the caller's, who
// locks.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define CHACHA_KEY_SIZE 32u
#define CHACHA_BLOCK_SIZE 64u

/// One block of the ChaCha20 key stream (RFC 8439): 32-bit block counter, 96-bit nonce.
void chacha20_block(const uint8_t key[CHACHA_KEY_SIZE], uint32_t counter, const uint8_t nonce[12],
                    uint8_t out[CHACHA_BLOCK_SIZE]);

struct chacha_random {
    uint8_t key[CHACHA_KEY_SIZE];
    uint8_t pool[2 * CHACHA_BLOCK_SIZE]; /* key stream not handed out yet, zeroed as it is used */
    uint32_t used;                       /* bytes of `pool` already handed out */
};

/// Start from a seed; a seed must never be used twice.
void chacha_random_init(struct chacha_random *random, const uint8_t seed[CHACHA_KEY_SIZE]);

/// Mix more entropy into the state; it never gets worse.
void chacha_random_mix(struct chacha_random *random, const uint8_t seed[CHACHA_KEY_SIZE]);

/// Produce `len` bytes. Earlier output cannot be computed from the state afterwards.
void chacha_random_bytes(struct chacha_random *random, void *out, size_t len);
