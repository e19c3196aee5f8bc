// SPDX-License-Identifier: MIT
#include <emmintrin.h>
#include <string.h>

#define CHUNK 16u
#define ALL_EQUAL 0xffffu

static inline unsigned equal_bytes(const unsigned char *a, const unsigned char *b)
{
    __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i_u *)a),
                                   _mm_loadu_si128((const __m128i_u *)b));
    return (unsigned)_mm_movemask_epi8(equal);
}

int memcmp(const void *left, const void *right, size_t len)
{
    const unsigned char *a = left;
    const unsigned char *b = right;
    for (; len >= CHUNK; a += CHUNK, b += CHUNK, len -= CHUNK) {
        unsigned differ = equal_bytes(a, b) ^ ALL_EQUAL;
        if (differ != 0) {
            int at = __builtin_ctz(differ);
            return a[at] - b[at];
        }
    }
    for (; len > 0; a++, b++, len--) {
        if (*a != *b) {
            return *a - *b;
        }
    }
    return 0;
}
