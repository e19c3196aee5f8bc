// SPDX-License-Identifier: MIT
#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#define CHUNK 16u
#define BLOCK (4 * CHUNK)
#define ROUND (4 * BLOCK) ///< what the loop sets at a time

static inline void store(char *to, __m128i value)
{
    _mm_storeu_si128((__m128i_u *)to, value);
}

static inline char *set_block(char *to, __m128i value)
{
    store(to, value);
    store(to + CHUNK, value);
    store(to + 2 * CHUNK, value);
    store(to + 3 * CHUNK, value);
    return to + BLOCK;
}

// Below 16 bytes: stores that overlap in the middle cover any length.
static inline void set_small(char *to, int byte, size_t len)
{
    if (len < 4) {
        if (len > 0) {
            to[0] = (char)byte;
            to[len / 2] = (char)byte;
            to[len - 1] = (char)byte;
        }
        return;
    }
    const uint64_t pattern = (uint8_t)byte * 0x0101010101010101ull;
    if (len >= 8) {
        __builtin_memcpy(to, &pattern, 8);
        __builtin_memcpy(to + len - 8, &pattern, 8);
    } else {
        __builtin_memcpy(to, &pattern, 4);
        __builtin_memcpy(to + len - 4, &pattern, 4);
    }
}

// Above 64 bytes. The last block is set whatever the loop left of it.
static inline void set_large(char *to, __m128i value, size_t len)
{
    char *last = to + len - BLOCK;
    for (size_t rounds = len / ROUND; rounds > 0; rounds--) {
        to = set_block(set_block(set_block(set_block(to, value), value), value), value);
    }
    if ((len & 2 * BLOCK) != 0) {
        to = set_block(set_block(to, value), value);
    }
    if ((len & BLOCK) != 0) {
        (void)set_block(to, value);
    }
    (void)set_block(last, value);
}

void *memset(void *memory, int byte, size_t len)
{
    char *to = memory;
    if (len < CHUNK) {
        set_small(to, byte, len);
        return memory;
    }
    const __m128i value = _mm_set1_epi8((char)byte);
    if (len > BLOCK) {
        set_large(to, value, len);
        return memory;
    }
    if (len > 2 * CHUNK) {
        store(to + CHUNK, value);
        store(to + len - 2 * CHUNK, value);
    }
    store(to, value);
    store(to + len - CHUNK, value);
    return memory;
}
