// SPDX-License-Identifier: MIT
// An exception out of the constructor of a global: main() is never reached.
#include <cstdio>
#include <stdexcept>

namespace
{
struct Early {
    Early()
    {
        throw std::logic_error("too early");
    }
} const early;
} // namespace

int main()
{
    std::puts("main was reached");
}
