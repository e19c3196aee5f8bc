// SPDX-License-Identifier: MIT
// Bits in an array of uint64_t. No locking, no bounds checks: the caller knows the size.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Words that hold `bits` bits.
#define BITMAP_WORDS(bits) (((bits) + 63u) / 64u)

/// State of bit `bit`.
static inline bool bitmap_test(const uint64_t *map, size_t bit)
{
    return ((map[bit / 64] >> (bit % 64)) & 1u) != 0;
}

/// Set bit `bit`.
static inline void bitmap_set(uint64_t *map, size_t bit)
{
    map[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/// Clear bit `bit`.
static inline void bitmap_clear(uint64_t *map, size_t bit)
{
    map[bit / 64] &= ~((uint64_t)1 << (bit % 64));
}

/// First bit >= `start` and < `bits` that is 0 (find_zero) or 1 (find_set); `bits` if there is
/// none.
size_t bitmap_find_zero(const uint64_t *map, size_t bits, size_t start);
size_t bitmap_find_set(const uint64_t *map, size_t bits, size_t start);

/// Number of bits set among the first `bits`.
size_t bitmap_count(const uint64_t *map, size_t bits);
