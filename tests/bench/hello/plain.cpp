// SPDX-License-Identifier: MIT
// Compiled with exceptions off: a global with a constructor, a container without allocation.
#include <array>
#include <cstdio>
#include <string_view>

namespace
{
class Greetings
{
  public:
    Greetings() : texts{"hello", "goodbye"}
    {
    }
    std::string_view of(int count) const
    {
        return texts[count > 1];
    }

  private:
    std::array<std::string_view, 2> texts;
};

Greetings greetings;
} // namespace

int main(int argc, char **)
{
    std::puts(greetings.of(argc).data());
}
