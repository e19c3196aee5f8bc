// SPDX-License-Identifier: MIT
#include "unit.h"
#include <base/tick_scale.h>

#define SECOND 1000000000ull
#define CENTURY (100ull * 366 * 86400)

UNIT_TEST(tick_scale_of_whole_rates)
{
    struct tick_scale scale = tick_scale_make(700, SECOND);

    UNIT_EQUAL(tick_scale_ns(&scale, 700), 0);
    UNIT_EQUAL(tick_scale_ns(&scale, 701), 1);
    UNIT_EQUAL(tick_scale_ns(&scale, UINT64_MAX), UINT64_MAX - 700);
    scale = tick_scale_make(0, TICK_SCALE_HZ_MIN);
    UNIT_EQUAL(tick_scale_ns(&scale, 1), 1000);
    UNIT_EQUAL(tick_scale_ns(&scale, 1000000 * CENTURY), SECOND * CENTURY);
    scale = tick_scale_make(5, 4 * SECOND);
    UNIT_EQUAL(tick_scale_ns(&scale, 8), 0);
    UNIT_EQUAL(tick_scale_ns(&scale, 9), 1);
}

// The count wraps around, as one of a machine that was set to a high count does.
UNIT_TEST(tick_scale_over_the_end)
{
    struct tick_scale scale = tick_scale_make(UINT64_MAX - 9, SECOND);

    UNIT_EQUAL(tick_scale_ns(&scale, UINT64_MAX), 9);
    UNIT_EQUAL(tick_scale_ns(&scale, 20), 30);
}

// Against division, at rates that do not divide evenly; the error grows with the time only.
UNIT_TEST(tick_scale_is_exact_enough)
{
    static const uint64_t rates[] = {1000003, 1193182, 999999937, 2419199871, 5199999979};

    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct tick_scale scale = tick_scale_make(0, rates[i]);
        uint64_t last = 0;

        for (uint64_t seconds = 1; seconds < CENTURY; seconds = seconds * 3 + 1) {
            uint64_t ticks = seconds * rates[i];
            uint64_t ns = tick_scale_ns(&scale, ticks);
            uint64_t most = ticks / (1ull << TICK_SCALE_SHIFT) + 1; /* 2^-32 ns a tick */

            UNIT_CHECK(ns <= seconds * SECOND && seconds * SECOND - ns <= most);
            UNIT_CHECK(ns > last);
            UNIT_CHECK(tick_scale_ns(&scale, ticks + 1) >= ns);
            last = ns;
        }
    }
}
