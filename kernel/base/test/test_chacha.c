// SPDX-License-Identifier: MIT
// Vectors from RFC 8439, sections 2.3.2 and A.1.
#define _GNU_SOURCE
#include "unit.h"
#include <base/random.h>
#include <string.h>

static void check_block(const uint8_t *key, uint32_t counter, const uint8_t *nonce,
                        const uint8_t *expected)
{
    uint8_t out[CHACHA_BLOCK_SIZE];

    chacha20_block(key, counter, nonce, out);
    UNIT_CHECK(memcmp(out, expected, sizeof(out)) == 0);
}

UNIT_TEST(chacha20_block_of_section_2_3_2)
{
    static const uint8_t nonce[12] = {0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0};
    static const uint8_t expected[64] = {
        0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3,
        0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03, 0x04, 0x22,
        0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa,
        0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1,
        0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e,
    };
    uint8_t key[32];

    for (uint8_t i = 0; i < 32; i++) {
        key[i] = i;
    }
    check_block(key, 1, nonce, expected);
}

UNIT_TEST(chacha20_block_of_zeros)
{
    static const uint8_t zero[32];
    static const uint8_t expected[64] = {
        0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53,
        0x86, 0xbd, 0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a, 0xa8, 0x36,
        0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48,
        0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4,
        0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86,
    };

    check_block(zero, 0, zero, expected);
}

UNIT_TEST(chacha_random_does_not_depend_on_the_pieces)
{
    static const uint8_t seed[32] = {1, 2, 3};
    struct chacha_random whole;
    struct chacha_random pieces;
    uint8_t a[1000];
    uint8_t b[1000];
    size_t done = 0;

    chacha_random_init(&whole, seed);
    chacha_random_init(&pieces, seed);
    chacha_random_bytes(&whole, a, sizeof(a));
    while (done < sizeof(b)) {
        size_t part = MIN((size_t)unit_random_below(40), sizeof(b) - done);

        chacha_random_bytes(&pieces, b + done, part);
        done += part;
    }
    UNIT_CHECK(memcmp(a, b, sizeof(a)) == 0);
}

UNIT_TEST(chacha_random_keeps_nothing_of_its_output)
{
    static const uint8_t seed[32] = {7};
    struct chacha_random random;
    uint8_t out[16];

    chacha_random_init(&random, seed);
    chacha_random_bytes(&random, out, sizeof(out));
    UNIT_CHECK(memmem(&random, sizeof(random), out, sizeof(out)) == NULL);
    chacha_random_mix(&random, seed);
    UNIT_CHECK(memmem(&random, sizeof(random), seed, sizeof(seed)) == NULL);
}
