// SPDX-License-Identifier: MIT
// SHA-256 with the processor's own instructions for it. Everything stays in registers.
#include "sha256.h"

#include <immintrin.h>

#define NI __attribute__((target("sha,sse4.1,ssse3")))

/// The chaining value in the order of sha256rnds2: two registers, the first word in the top.
struct halves {
    __m128i abef, cdgh;
};

NI static inline struct halves take_apart(const uint32_t value[SHA256_WORDS])
{
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)value), 0xb1);
    const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(value + 4)), 0x1b);
    return (struct halves){_mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xf0)};
}

NI static inline void put_together(uint32_t value[SHA256_WORDS], const struct halves *from)
{
    const __m128i abef = _mm_shuffle_epi32(from->abef, 0x1b);
    const __m128i ghcd = _mm_shuffle_epi32(from->cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)value, _mm_blend_epi16(abef, ghcd, 0xf0));
    _mm_storeu_si128((__m128i *)(value + 4), _mm_alignr_epi8(ghcd, abef, 8));
}

/// Four rounds with the words w.
NI static inline void four_rounds(struct halves *s, __m128i w, const uint32_t *constants)
{
    const __m128i sums = _mm_add_epi32(w, _mm_loadu_si128((const __m128i *)constants));
    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sums);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(sums, 0x0e));
}

NI static inline void one_block(struct halves *s, const unsigned char *block)
{
    const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    __m128i w[4];
    for (size_t i = 0; i < 4; i++) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)block + i);
        w[i] = _mm_shuffle_epi8(bytes, big_endian);
        four_rounds(s, w[i], facade_sha256_constants[i]);
    }
    for (size_t i = 4; i < SHA256_ROUNDS / 4; i++) {
        __m128i words = _mm_sha256msg1_epu32(w[0], w[1]);
        words = _mm_add_epi32(words, _mm_alignr_epi8(w[3], w[2], 4));
        words = _mm_sha256msg2_epu32(words, w[3]);
        four_rounds(s, words, facade_sha256_constants[i]);
        w[0] = w[1];
        w[1] = w[2];
        w[2] = w[3];
        w[3] = words;
    }
}

NI void facade_sha256_ni(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count)
{
    struct halves s = take_apart(value);
    for (; count > 0; count--, blocks += SHA256_BLOCK) {
        const struct halves before = s;
        one_block(&s, blocks);
        s.abef = _mm_add_epi32(s.abef, before.abef);
        s.cdgh = _mm_add_epi32(s.cdgh, before.cdgh);
    }
    put_together(value, &s);
}
