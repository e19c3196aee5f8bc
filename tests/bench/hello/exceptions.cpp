// SPDX-License-Identifier: MIT
// Throws and catches, allocates, uses no stream of the library.
#include <cstdio>
#include <stdexcept>
#include <string>

namespace
{
[[gnu::noinline]] std::string greeting(int count)
{
    if (count < 1) {
        throw std::invalid_argument("nobody to greet");
    }
    return "hello";
}
} // namespace

int main(int argc, char **)
{
    try {
        std::puts(greeting(argc).c_str());
    } catch (const std::exception &error) {
        std::puts(error.what());
        return 1;
    }
}
