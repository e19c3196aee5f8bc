// SPDX-License-Identifier: MIT
// Ends in the way its argument names, below functions with names to look for.
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace
{
int one = 1; // keeps the calls from being the last thing a function does

[[gnu::noinline]] int write_to(int *place)
{
    *place = one; // line 14
    return one;
}

[[gnu::noinline]] int give_up()
{
    std::abort(); // line 20
}

[[gnu::noinline]] int throw_up(int depth)
{
    if (depth == 0) {
        throw std::runtime_error("nobody catches this"); // line 26
    }
    return throw_up(depth - 1) + one;
}
} // namespace

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (std::strcmp(how, "fault") == 0) {
        return write_to(reinterpret_cast<int *>(16)) + one;
    }
    if (std::strcmp(how, "abort") == 0) {
        return give_up() + one;
    }
    if (std::strcmp(how, "throw") == 0) {
        return throw_up(3) + one;
    }
    if (std::strcmp(how, "thread") == 0) {
        std::thread([] { one += give_up(); }).join();
    }
    return 0;
}
