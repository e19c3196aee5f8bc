// SPDX-License-Identifier: MIT
#include "unit.h"
#include <base/compiler.h>
#include <base/math.h>

UNIT_TEST(math_alignment)
{
    uint64_t value;

    UNIT_EQUAL(align_up(1, 4096), 4096);
    UNIT_EQUAL(align_up(4096, 4096), 4096);
    UNIT_EQUAL(align_down(4097, 4096), 4096);
    UNIT_CHECK(is_aligned(0, 8) && is_aligned(64, 8) && !is_aligned(65, 8));
    UNIT_CHECK(is_power_of_two(1) && is_power_of_two(1ull << 63));
    UNIT_CHECK(!is_power_of_two(0) && !is_power_of_two(3));
    UNIT_CHECK(checked_align_up(UINT64_MAX - 4095, 4096, &value) && value == UINT64_MAX - 4095);
    UNIT_CHECK(!checked_align_up(UINT64_MAX - 4094, 4096, &value));
    UNIT_CHECK(checked_add(UINT64_MAX, 0, &value) && value == UINT64_MAX);
    UNIT_CHECK(!checked_add(UINT64_MAX, 1, &value));
    UNIT_CHECK(!checked_mul(1ull << 32, 1ull << 32, &value));
}

UNIT_TEST(math_logarithms)
{
    UNIT_EQUAL(ilog2_up(1), 0);
    for (unsigned n = 1; n < 63; n++) {
        uint64_t power = 1ull << n;

        UNIT_EQUAL(ilog2(power), n);
        UNIT_EQUAL(ilog2(power + 1), n);
        UNIT_EQUAL(ilog2_up(power), n);
        UNIT_EQUAL(ilog2_up(power + 1), n + 1);
    }
    UNIT_EQUAL(div_round_up(7, 3), 3);
    UNIT_EQUAL(div_round_up(6, 3), 2);
    UNIT_EQUAL(div_round_up(UINT64_MAX, 1), UINT64_MAX);
}

UNIT_TEST(compiler_macros)
{
    int numbers[7];
    unsigned calls = 0;
    unsigned smallest = MIN(++calls, 9u);

    UNIT_EQUAL(ARRAY_SIZE(numbers), 7);
    UNIT_EQUAL(smallest, 1); /* arguments are evaluated once */
    UNIT_EQUAL(calls, 1);
    UNIT_EQUAL(MAX(-3, 2), 2);
}
