// SPDX-License-Identifier: MIT
#include "library.h"

#include <string>

namespace library
{
namespace
{
int count;

struct Static {
    Static()
    {
        count++;
    }
} const object;
} // namespace

Error::Error(int its_number)
    : std::runtime_error("library error " + std::to_string(its_number)), number(its_number)
{
}

Shape::~Shape() = default;

int Square::sides() const
{
    return 4;
}

void fail(int number)
{
    throw Error(number);
}

Shape *make_shape()
{
    return new Square;
}

bool catches_own(void (*callback)())
{
    try {
        callback();
    } catch (const std::exception &error) {
        return dynamic_cast<const Error *>(&error) != nullptr;
    }
    return false;
}

int constructed()
{
    return count;
}
} // namespace library
