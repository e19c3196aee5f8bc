// SPDX-License-Identifier: MIT
// What docs/hardening.md says is on, as far as the C library's tests do not show it.
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness.h"
#include "sanitized.h"

namespace
{
volatile std::size_t behind = 3;
volatile int largest = INT_MAX;

int vector_index()
{
    std::vector<int> list{1, 2, 3};
    return list[behind];
}

int span_index()
{
    int list[] = {1, 2, 3};
    return std::span<int>(list)[behind];
}

int empty_optional()
{
    std::optional<int> none;
    return *none;
}

int empty_front()
{
    return static_cast<unsigned char>(std::string().front());
}

int overflow_reported()
{
    std::printf("sum %d\n", add_reporting(largest, 1));
    return 0;
}

int overflow_fatal()
{
    std::printf("sum %d\n", add_fatal(largest, 1));
    return 0;
}

int copy_too_long()
{
    copy_fortified("far more than eight bytes");
    return 0;
}

// One address each of the program, its stack and its heap.
int addresses()
{
    int local = 0;
    void *block = std::malloc(1 << 20);
    std::printf("%p\n%p\n%p\n", reinterpret_cast<void *>(&addresses), static_cast<void *>(&local),
                block);
    std::free(block);
    return 0;
}

const Mode modes[] = {{"vector-index", vector_index},           {"span-index", span_index},
                      {"empty-optional", empty_optional},       {"empty-front", empty_front},
                      {"overflow-reported", overflow_reported}, {"overflow-fatal", overflow_fatal},
                      {"copy-too-long", copy_too_long},         {"addresses", addresses}};

std::string line(const std::string &text, int number)
{
    std::size_t begin = 0;
    for (; number > 0; number--) {
        begin = text.find('\n', begin) + 1;
    }
    return text.substr(begin, text.find('\n', begin) - begin);
}

void run()
{
    CHECK("hardening.vector-index", run_child("vector-index").trapped());
    CHECK("hardening.span-index", run_child("span-index").trapped());
    CHECK("hardening.empty-optional", run_child("empty-optional").trapped());
    CHECK("hardening.empty-front", run_child("empty-front").trapped());
    Ending reported = run_child("overflow-reported");
    CHECK("hardening.ubsan-reports", reported.exited(0) && reported.says("sum -2147483648") &&
                                         reported.says("ubsan: add-overflow by 0x"));
    Ending fatal = run_child("overflow-fatal");
    CHECK("hardening.ubsan-stops", fatal.aborted() && fatal.says("ubsan: add-overflow by 0x"));
    Ending copied = run_child("copy-too-long");
    CHECK("hardening.fortify", copied.aborted() && copied.says("buffer overflow detected"));
    Ending first = run_child("addresses"), second = run_child("addresses");
    CHECK("hardening.random-program", line(first.output, 0) != line(second.output, 0));
    CHECK("hardening.random-stack", line(first.output, 1) != line(second.output, 1));
    CHECK("hardening.random-heap", line(first.output, 2) != line(second.output, 2));
}

const Area area("hardening", run);
} // namespace
