// SPDX-License-Identifier: MIT
#include "machine.h"
#include "unit.h"
#include <mm/random.h>
#include <string.h>

UNIT_TEST(random_bytes_differ)
{
    uint8_t a[1000];
    uint8_t b[1000];
    unsigned counts[256] = {0};

    machine_start();
    random_bytes(a, sizeof(a));
    random_bytes(b, sizeof(b));
    UNIT_CHECK(memcmp(a, b, sizeof(a)) != 0);
    for (unsigned i = 0; i < sizeof(a); i++) {
        counts[a[i]]++;
    }
    for (unsigned i = 0; i < 256; i++) {
        UNIT_CHECK(counts[i] < 40); /* 4 are expected */
    }
    UNIT_CHECK(random_u64() != random_u64());
}

UNIT_TEST(random_below_stays_below)
{
    unsigned counts[10] = {0};

    machine_start();
    for (unsigned i = 0; i < 10000; i++) {
        counts[random_below(10)]++;
    }
    for (unsigned i = 0; i < 10; i++) {
        UNIT_CHECK(counts[i] > 800 && counts[i] < 1200);
    }
    UNIT_EQUAL(random_below(1), 0);
    UNIT_CHECK(random_below(UINT64_MAX) != UINT64_MAX);
}
