// SPDX-License-Identifier: MIT
// Parts of the library that depend on the platform or on the compiler's runtime: text and numbers,
// clocks, randomness, memory resources.
#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <complex>
#include <cstring>
#include <format>
#include <limits>
#include <map>
#include <memory_resource>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include "harness.h"

namespace
{
using namespace std::chrono_literals;

template <typename Number> std::string chars(Number number)
{
    char buffer[64];
    auto result = std::to_chars(buffer, buffer + sizeof(buffer), number);
    return {buffer, result.ptr};
}

void numbers()
{
    CHECK("format.values",
          std::format("{:>5}|{:<5}|{:^5}|{:#x}", 42, "ab", 'c', 255) == "   42|ab   |  c  |0xff");
    CHECK("format.floats",
          std::format("{:.3f} {:e} {}", 3.14159, 12345.678, 0.1) == "3.142 1.234568e+04 0.1");
    CHECK("format.positions", std::format("{1} {0} {1:02d}", 1, 2) == "2 1 02");
    std::string bad = "{:d}", text = "text";
    bool thrown = false;
    try {
        (void)std::vformat(bad, std::make_format_args(text));
    } catch (const std::format_error &) {
        thrown = true;
    }
    CHECK("format.error", thrown);
    CHECK("charconv.shortest", chars(0.1) == "0.1" && chars(1e23) == "1e+23" &&
                                   chars(5e-324) == "5e-324" && chars(0.3f) == "0.3");
    CHECK("charconv.integers",
          chars(std::numeric_limits<long long>::min()) == "-9223372036854775808");
    int parsed = 0;
    std::string_view digits = "2147483648";
    auto result = std::from_chars(digits.begin(), digits.end(), parsed);
    CHECK("charconv.overflow", result.ec == std::errc::result_out_of_range);
    CHECK("string.conversions", std::stod("0x1.8p1") == 3.0 && std::stoll("-42") == -42 &&
                                    std::to_string(1.5) == "1.500000" &&
                                    std::stold("1e4000") > 1e3999L);
    CHECK("math.complex", std::abs(std::exp(std::complex<double>(0, M_PI)) + 1.0) < 1e-15);
    CHECK("math.special", std::fabs(std::tgamma(5.0) - 24.0) < 1e-12 && std::isinf(HUGE_VALL));
    CHECK("regex.match", std::regex_replace(std::string("a1b22"), std::regex("[[:digit:]]+"),
                                            "<$&>") == "a<1>b<22>");
    CHECK("error.message",
          std::error_code(ENOENT, std::generic_category()).message() == std::strerror(ENOENT));
}

void clocks()
{
    using System = std::chrono::system_clock;
    using Steady = std::chrono::steady_clock;
    CHECK("clock.system", System::now() > System::from_time_t(1'700'000'000));
    bool forward = true;
    auto last = Steady::now();
    for (int i = 0; i < 1000; i++) {
        auto now = Steady::now();
        forward = forward && now >= last;
        last = now;
    }
    CHECK("clock.steady", forward && Steady::is_steady);
    auto least = Steady::duration::max(); // of several: the machine may be held up
    for (int i = 0; i < 20 && least >= 10ms; i++) {
        auto begin = Steady::now();
        while (Steady::now() == begin) {
        }
        least = std::min(least, Steady::now() - begin);
    }
    CHECK("clock.resolution", least < 10ms);
    using namespace std::chrono;
    CHECK("clock.calendar", sys_days(2024y / February / 29).time_since_epoch() == days(19782));
    CHECK("clock.format", std::format("{:%F %T}", sys_seconds(86'399s)) == "1970-01-01 23:59:59");
}

void randomness()
{
    std::random_device device;
    bool differs = false;
    unsigned first = device();
    for (int i = 0; i < 8; i++) {
        differs = differs || device() != first;
    }
    CHECK("random.device", differs);
    bool thrown = false;
    try {
        std::random_device unknown("no such source");
    } catch (const std::system_error &) {
        thrown = true;
    }
    CHECK("random.unknown-device", thrown);
    std::mt19937 engine;
    engine.discard(9999);
    CHECK("random.mt19937", engine() == 4123659995u); // the standard's own check value
}

// Counts what is outstanding, as upstream of the resources under test.
struct Counting : std::pmr::memory_resource {
    void *do_allocate(std::size_t bytes, std::size_t align) override
    {
        blocks++;
        return std::pmr::new_delete_resource()->allocate(bytes, align);
    }
    void do_deallocate(void *block, std::size_t bytes, std::size_t align) override
    {
        blocks--;
        std::pmr::new_delete_resource()->deallocate(block, bytes, align);
    }
    bool do_is_equal(const memory_resource &other) const noexcept override
    {
        return this == &other;
    }
    int blocks = 0;
};

template <typename Resource> bool serves()
{
    Counting upstream;
    int most = 0;
    {
        Resource resource(&upstream);
        std::pmr::map<int, std::pmr::string> map(&resource);
        for (int i = 0; i < 500; i++) {
            map[i] = std::pmr::string(100, 'x');
        }
        most = upstream.blocks;
    }
    return most > 0 && most < 500 && upstream.blocks == 0;
}

void memory()
{
    CHECK("pmr.monotonic", serves<std::pmr::monotonic_buffer_resource>());
    CHECK("pmr.pool", serves<std::pmr::unsynchronized_pool_resource>());
    CHECK("pmr.synchronized-pool", serves<std::pmr::synchronized_pool_resource>());
    struct alignas(256) Wide {
        char data[256];
    };
    std::vector<Wide> wide(3);
    CHECK("new.over-aligned", std::bit_cast<std::uintptr_t>(wide.data()) % 256 == 0);
    std::variant<int, std::string> either = "text";
    CHECK("variant.visit", std::visit([](const auto &value) { return sizeof(value); }, either) ==
                               sizeof(std::string));
}

void run()
{
    numbers();
    clocks();
    randomness();
    memory();
}

const Area area("library", run);
} // namespace
