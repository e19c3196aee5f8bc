// SPDX-License-Identifier: MIT
#include "unit.h"
#include <base/bitmap.h>
#include <string.h>

#define BITS 200u

static size_t slow_find(const bool *model, size_t start, bool wanted)
{
    while (start < BITS && model[start] != wanted) {
        start++;
    }
    return start < BITS ? start : BITS;
}

UNIT_TEST(bitmap_agrees_with_an_array)
{
    uint64_t map[BITMAP_WORDS(BITS)] = {0};
    bool model[BITS] = {0};

    for (unsigned round = 0; round < 2000; round++) {
        size_t bit = unit_random_below(BITS);
        size_t start = unit_random_below(BITS + 5);
        size_t count = 0;

        model[bit] = unit_random_below(3) != 0;
        (model[bit] ? bitmap_set : bitmap_clear)(map, bit);
        UNIT_CHECK(bitmap_test(map, bit) == model[bit]);
        UNIT_EQUAL(bitmap_find_zero(map, BITS, start), slow_find(model, start, false));
        UNIT_EQUAL(bitmap_find_set(map, BITS, start), slow_find(model, start, true));
        for (size_t i = 0; i < BITS; i++) {
            count += model[i];
        }
        UNIT_EQUAL(bitmap_count(map, BITS), count);
    }
}

UNIT_TEST(bitmap_ignores_bits_beyond_the_end)
{
    uint64_t map[2] = {UINT64_MAX, UINT64_MAX << 6};

    UNIT_EQUAL(bitmap_find_zero(map, 70, 0), 64);
    memset(map, 0xff, sizeof(map));
    UNIT_EQUAL(bitmap_find_zero(map, 70, 0), 70);
    UNIT_EQUAL(bitmap_count(map, 70), 70);
}
