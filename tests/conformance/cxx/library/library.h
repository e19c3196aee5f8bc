// SPDX-License-Identifier: MIT
// A static library of its own, for exceptions and RTTI across libraries.
#pragma once

#include <stdexcept>

namespace library
{
struct Error : std::runtime_error {
    explicit Error(int number);
    int number;
};

struct Shape {
    virtual ~Shape();
    virtual int sides() const = 0;
};

struct Square : Shape {
    int sides() const override;
};

/// Throws Error(number).
[[noreturn]] void fail(int number);

/// A Square behind its base, to be deleted by the caller.
Shape *make_shape();

/// Calls back, catches std::exception, returns whether it was an Error, by dynamic_cast.
bool catches_own(void (*callback)());

/// How often the library's static object was constructed.
int constructed();
} // namespace library
