// SPDX-License-Identifier: MIT
// Compiled with exceptions off: virtual functions, run-time types, new and delete.
#include <cstdio>
#include <memory>

namespace
{
struct Greeting {
    virtual ~Greeting() = default;
    virtual const char *text() const = 0;
};

struct Hello final : Greeting {
    const char *text() const override
    {
        return "hello";
    }
};

struct Goodbye final : Greeting {
    const char *text() const override
    {
        return "goodbye";
    }
};

std::unique_ptr<Greeting> greet(int count)
{
    if (count > 1) {
        return std::make_unique<Goodbye>();
    }
    return std::make_unique<Hello>();
}
} // namespace

int main(int argc, char **)
{
    std::puts(greet(argc)->text());
}
