// SPDX-License-Identifier: MIT
// find_package: fmt CONFIG -> fmt::fmt
// pkg-config: fmt
// output: 42 0x2a
#include <fmt/core.h>

int main()
{
    fmt::print("{} {:#x}\n", 42, 42);
}
