// SPDX-License-Identifier: MIT
#include <base/bitmap.h>

/// First bit of the wanted kind; `flip` is all ones to look for zeros.
static size_t find(const uint64_t *map, size_t bits, size_t start, uint64_t flip)
{
    size_t word = start / 64;
    uint64_t rest;

    if (start >= bits) {
        return bits;
    }
    rest = (map[word] ^ flip) & (UINT64_MAX << (start % 64));
    while (rest == 0) {
        word++;
        if (word >= BITMAP_WORDS(bits)) {
            return bits;
        }
        rest = map[word] ^ flip;
    }
    start = word * 64 + (size_t)__builtin_ctzll(rest);
    return start < bits ? start : bits;
}

size_t bitmap_find_zero(const uint64_t *map, size_t bits, size_t start)
{
    return find(map, bits, start, UINT64_MAX);
}

size_t bitmap_find_set(const uint64_t *map, size_t bits, size_t start)
{
    return find(map, bits, start, 0);
}

/// Bits set in a word, by halving sums: the popcount instruction is not part of the baseline.
static size_t count_word(uint64_t v)
{
    v -= (v >> 1) & 0x5555555555555555ull;
    v = (v & 0x3333333333333333ull) + ((v >> 2) & 0x3333333333333333ull);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0full;
    return (size_t)((v * 0x0101010101010101ull) >> 56);
}

size_t bitmap_count(const uint64_t *map, size_t bits)
{
    size_t count = 0;
    size_t word;

    for (word = 0; word < bits / 64; word++) {
        count += count_word(map[word]);
    }
    if (bits % 64 != 0) {
        count += count_word(map[word] & (((uint64_t)1 << (bits % 64)) - 1));
    }
    return count;
}
