// SPDX-License-Identifier: MIT
// find_package: Catch2 CONFIG -> Catch2::Catch2
// pkg-config: catch2
// output: All tests passed (1 assertion in 1 test case)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

TEST_CASE("adds")
{
    CHECK(6 * 7 == 42);
}
