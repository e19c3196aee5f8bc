// SPDX-License-Identifier: MIT
// find_package: doctest CONFIG -> doctest::doctest
// output: [doctest] Status: SUCCESS!
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#define DOCTEST_CONFIG_COLORS_NONE
#include <doctest/doctest.h>

TEST_CASE("adds")
{
    CHECK(6 * 7 == 42);
}
