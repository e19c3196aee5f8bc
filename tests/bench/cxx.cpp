// SPDX-License-Identifier: MIT
// What basic operations of C++ cost. The same program on this system and on Linux.
#include <cerrno>
#include <system_error>
#include <thread>

#include "measure.h"

namespace
{
struct Thrown {
    int depth;
};

int destroyed;

struct Local {
    Local() = default;
    Local(const Local &) = delete;
    Local &operator=(const Local &) = delete;
    ~Local()
    {
        destroyed++;
    }
};

// Each frame has an object to destroy, as frames of C++ have.
[[gnu::noinline]] int descend(int depth)
{
    Local local;
    if (depth == 1) {
        throw Thrown{depth};
    }
    return descend(depth - 1) + 1;
}

template <int depth> int throw_catch(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        destroyed = 0;
        try {
            descend(depth);
        } catch (const Thrown &) {
            if (destroyed == depth) {
                continue;
            }
        }
        errno = EPROTO;
        return -1;
    }
    return 0;
}

int thread_create_join(unsigned count)
{
    unsigned ran = 0;
    try {
        for (unsigned i = 0; i < count; i++) {
            std::thread([&ran] { ran++; }).join();
        }
    } catch (const std::system_error &error) {
        errno = error.code().value();
        return -1;
    }
    return ran == count ? 0 : -1;
}

thread_local unsigned plain;

struct Counter {
    Counter() : value(1)
    {
    }
    ~Counter()
    {
        destroyed += static_cast<int>(value);
    }
    unsigned value;
};

// Made when a thread first uses it, which each use has to ask.
thread_local Counter counter;

[[gnu::noinline]] void add_plain()
{
    plain++;
    asm volatile("" ::: "memory");
}

[[gnu::noinline]] void add_counter()
{
    counter.value++;
    asm volatile("" ::: "memory");
}

int thread_local_plain(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        add_plain();
    }
    return 0;
}

int thread_local_object(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        add_counter();
    }
    return 0;
}

constexpr operation operations[] = {
    {"throw_catch_1", 500, nullptr, throw_catch<1>, nullptr},
    {"throw_catch_10", 200, nullptr, throw_catch<10>, nullptr},
    {"throw_catch_100", 50, nullptr, throw_catch<100>, nullptr},
    {"std_thread", 100, nullptr, thread_create_join, nullptr},
    {"thread_local_plain", 10000, nullptr, thread_local_plain, nullptr},
    {"thread_local_object", 10000, nullptr, thread_local_object, nullptr},
    {nullptr, 0, nullptr, nullptr, nullptr},
};
} // namespace

int main()
{
    return measure_all(operations) == 0 ? 0 : 1;
}
