// SPDX-License-Identifier: MIT
// SHA-256 with AVX2 and BMI2. The schedules of two blocks are computed together, one in each half
// of a register, four words at a time; the rounds are ordinary arithmetic with BMI2's rotations.
#include "sha256.h"

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2")))
#define INLINE AVX2 static inline __attribute__((always_inline))

#define FIRST_QUADS 4 ///< words that are the block itself

/// The words of the block that pads a message of 64 bytes (0x80, zeros, the length of 512 bits),
/// with the rounds' constants added: what schedule() makes of it.
static const sha256_quad padding_words[SHA256_QUADS] = {
    SHA256_QUAD(0xc28a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5),
    SHA256_CONSTANTS_4_TO_11,
    SHA256_QUAD(0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf374),
    SHA256_QUAD(0x649b69c1, 0xf0fe4786, 0x0fe1edc6, 0x240cf254),
    SHA256_QUAD(0x4fe9346f, 0x6cc984be, 0x61b9411e, 0x16f988fa),
    SHA256_QUAD(0xf2c65152, 0xa88e5a6d, 0xb019fc65, 0xb9d99ec7),
    SHA256_QUAD(0x9a1231c3, 0xe70eeaa0, 0xfdb1232b, 0xc7353eb0),
    SHA256_QUAD(0x3069bad5, 0xcb976d5f, 0x5a0f118f, 0xdc1eeefd),
    SHA256_QUAD(0x0a35b689, 0xde0b7a04, 0x58f4ca9d, 0xe15d5b16),
    SHA256_QUAD(0x007f3e86, 0x37088980, 0xa507ea32, 0x6fab9537),
    SHA256_QUAD(0x17406110, 0x0d8cd6f1, 0xcdaa3b6d, 0xc0bbbe37),
    SHA256_QUAD(0x83613bda, 0xdb48a363, 0x0b02e931, 0x6fd15ca7),
    SHA256_QUAD(0x521afaca, 0x31338431, 0x6ed41a95, 0x6d437890),
    SHA256_QUAD(0xc39c91f2, 0x9eccabbd, 0xb5c9a0e6, 0x532fb63c),
    SHA256_QUAD(0xd2c741c6, 0x07237ea3, 0xa4954b68, 0x4c191d76)};

/// Small sigma 0 of each word.
INLINE __m256i sigma0(__m256i w)
{
    __m256i turned = _mm256_xor_si256(_mm256_srli_epi32(w, 7), _mm256_slli_epi32(w, 25));
    turned = _mm256_xor_si256(turned, _mm256_srli_epi32(w, 18));
    turned = _mm256_xor_si256(turned, _mm256_slli_epi32(w, 14));
    return _mm256_xor_si256(turned, _mm256_srli_epi32(w, 3));
}

/// Small sigma 1 of two words, each given twice in 64 bits, whose lower halves have the result.
INLINE __m256i sigma1(__m256i pair)
{
    const __m256i turned =
        _mm256_xor_si256(_mm256_srli_epi64(pair, 17), _mm256_srli_epi64(pair, 19));
    return _mm256_xor_si256(turned, _mm256_srli_epi32(pair, 10));
}

/// The four words after the sixteen in w[0..3].
INLINE __m256i next_words(const __m256i w[FIRST_QUADS])
{
    const __m256i to_low = _mm256_broadcastsi128_si256(
        _mm_set_epi8(-1, -1, -1, -1, -1, -1, -1, -1, 11, 10, 9, 8, 3, 2, 1, 0));
    const __m256i to_high = _mm256_broadcastsi128_si256(
        _mm_set_epi8(11, 10, 9, 8, 3, 2, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1));
    __m256i sum = _mm256_add_epi32(w[0], _mm256_alignr_epi8(w[3], w[2], 4));
    sum = _mm256_add_epi32(sum, sigma0(_mm256_alignr_epi8(w[1], w[0], 4)));
    __m256i pair = sigma1(_mm256_shuffle_epi32(w[3], 0xfa));
    sum = _mm256_add_epi32(sum, _mm256_shuffle_epi8(pair, to_low));
    pair = sigma1(_mm256_shuffle_epi32(sum, 0x50));
    return _mm256_add_epi32(sum, _mm256_shuffle_epi8(pair, to_high));
}

INLINE void store_with_constants(sha256_quad *to, __m256i words, const sha256_quad *constants)
{
    const __m256i both = _mm256_load_si256((const __m256i *)constants);
    _mm256_store_si256((__m256i *)to, _mm256_add_epi32(words, both));
}

/// The words of two blocks, with the rounds' constants added.
AVX2 static void schedule(sha256_quad to[SHA256_QUADS], const unsigned char *first,
                          const unsigned char *second)
{
    const __m256i big_endian = _mm256_broadcastsi128_si256(
        _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    __m256i w[FIRST_QUADS];
    for (size_t i = 0; i < FIRST_QUADS; i++) {
        const __m256i bytes =
            _mm256_loadu2_m128i((const __m128i *)second + i, (const __m128i *)first + i);
        w[i] = _mm256_shuffle_epi8(bytes, big_endian);
        store_with_constants(&to[i], w[i], &facade_sha256_constants[i]);
    }
#pragma clang loop unroll(full)
    for (size_t i = FIRST_QUADS; i < SHA256_QUADS; i++) {
        const __m256i words = next_words(w);
        store_with_constants(&to[i], words, &facade_sha256_constants[i]);
        w[0] = w[1];
        w[1] = w[2];
        w[2] = w[3];
        w[3] = words;
    }
}

INLINE uint32_t turn(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

/// One round: what will be e is in d, what will be a in h. `both` is a ^ b, which the next round
/// has as b ^ c.
#define ROUND(a, b, c, d, e, f, g, h, word)                                                        \
    do {                                                                                           \
        h += (word) + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (((f ^ g) & e) ^ g);              \
        d += h;                                                                                    \
        const uint32_t before = both;                                                              \
        both = a ^ b;                                                                              \
        h += (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((both & before) ^ b);                     \
    } while (0)

/// Eight rounds, after which each letter has its place again.
#define EIGHT_ROUNDS(first, second)                                                                \
    do {                                                                                           \
        ROUND(a, b, c, d, e, f, g, h, (first)[0]);                                                 \
        ROUND(h, a, b, c, d, e, f, g, (first)[1]);                                                 \
        ROUND(g, h, a, b, c, d, e, f, (first)[2]);                                                 \
        ROUND(f, g, h, a, b, c, d, e, (first)[3]);                                                 \
        ROUND(e, f, g, h, a, b, c, d, (second)[0]);                                                \
        ROUND(d, e, f, g, h, a, b, c, (second)[1]);                                                \
        ROUND(c, d, e, f, g, h, a, b, (second)[2]);                                                \
        ROUND(b, c, d, e, f, g, h, a, (second)[3]);                                                \
    } while (0)

/// The letters are in general registers: the compiler would rather load and add them as vectors,
/// and move each back and forth.
#define IN_REGISTERS                                                                               \
    __asm__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h))

/// The rounds of the block whose words stand at `words` in each quad. Not a loop, which would have
/// no register left to count with.
AVX2 static void rounds(uint32_t value[SHA256_WORDS], const uint32_t *words)
{
    const size_t next = sizeof(sha256_quad) / sizeof(*words);
    uint32_t a = value[0], b = value[1], c = value[2], d = value[3], e = value[4], f = value[5],
             g = value[6], h = value[7], both = b ^ c;
    IN_REGISTERS;
    EIGHT_ROUNDS(words, words + next);
    EIGHT_ROUNDS(words + 2 * next, words + 3 * next);
    EIGHT_ROUNDS(words + 4 * next, words + 5 * next);
    EIGHT_ROUNDS(words + 6 * next, words + 7 * next);
    EIGHT_ROUNDS(words + 8 * next, words + 9 * next);
    EIGHT_ROUNDS(words + 10 * next, words + 11 * next);
    EIGHT_ROUNDS(words + 12 * next, words + 13 * next);
    EIGHT_ROUNDS(words + 14 * next, words + 15 * next);
    IN_REGISTERS;
    value[0] += a;
    value[1] += b;
    value[2] += c;
    value[3] += d;
    value[4] += e;
    value[5] += f;
    value[6] += g;
    value[7] += h;
}

/// Takes the blocks; if there are none (NULL, count 1), the block that pads a message of 64 bytes.
/// One function for both, since the rounds are long.
AVX2 static __attribute__((noinline)) void take(uint32_t value[SHA256_WORDS],
                                                const unsigned char *blocks, size_t count)
{
    sha256_quad words[SHA256_QUADS];
    while (count > 0) {
        const size_t taken = count > 1 ? 2 : 1;
        const uint32_t *from = padding_words[0];
        if (blocks != NULL) {
            schedule(words, blocks, blocks + (taken - 1) * SHA256_BLOCK);
            from = words[0];
            blocks += taken * SHA256_BLOCK;
        }
        for (size_t i = 0; i < taken; i++) {
            rounds(value, from + 4 * i);
        }
        count -= taken;
    }
    memset(words, 0, sizeof(words));
    __asm__ volatile("" : : "r"(words) : "memory"); // the wiping is seen
}

AVX2 void facade_sha256_avx2(uint32_t value[SHA256_WORDS], const unsigned char *blocks,
                             size_t count)
{
    take(value, blocks, count);
}

AVX2 void facade_sha256_avx2_padding(uint32_t value[SHA256_WORDS])
{
    take(value, NULL, 1);
}
