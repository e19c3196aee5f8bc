// SPDX-License-Identifier: MIT
#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#define CHUNK 16u

static inline void store(char *to, __m128i value)
{
    _mm_storeu_si128((__m128i_u *)to, value);
}

// Below 16 bytes: two stores that overlap in the middle cover any length.
static inline void set_small(char *to, uint64_t pattern, size_t len)
{
    if (len >= 8) {
        __builtin_memcpy(to, &pattern, 8);
        __builtin_memcpy(to + len - 8, &pattern, 8);
    } else if (len >= 4) {
        __builtin_memcpy(to, &pattern, 4);
        __builtin_memcpy(to + len - 4, &pattern, 4);
    } else if (len >= 2) {
        __builtin_memcpy(to, &pattern, 2);
        __builtin_memcpy(to + len - 2, &pattern, 2);
    } else if (len == 1) {
        *to = (char)pattern;
    }
}

void *memset(void *memory, int byte, size_t len)
{
    char *to = memory;
    if (len < CHUNK) {
        set_small(to, (uint8_t)byte * 0x0101010101010101ull, len);
        return memory;
    }
    __m128i value = _mm_set1_epi8((char)byte);
    char *last = to + len - CHUNK;
    for (; to + 4 * CHUNK <= last; to += 4 * CHUNK) {
        store(to, value);
        store(to + CHUNK, value);
        store(to + 2 * CHUNK, value);
        store(to + 3 * CHUNK, value);
    }
    for (; to < last; to += CHUNK) {
        store(to, value);
    }
    store(last, value);
    return memory;
}
