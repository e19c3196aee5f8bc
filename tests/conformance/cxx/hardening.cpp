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

template <int (*add)(int, int)> int overflow()
{
    std::printf("sum %d\n", add(largest, 1));
    return 0;
}

// The full runtime, asked by the environment for the frames of each report.
int overflow_with_frames()
{
    setenv("UBSAN_OPTIONS", "print_stacktrace=1", 1);
    return overflow<add_full>();
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

const Mode modes[] = {{"vector-index", vector_index},
                      {"span-index", span_index},
                      {"empty-optional", empty_optional},
                      {"empty-front", empty_front},
                      {"overflow-full", overflow<add_full>},
                      {"overflow-minimal", overflow<add_minimal>},
                      {"full-fatal", overflow<add_full_fatal>},
                      {"minimal-fatal", overflow<add_minimal_fatal>},
                      {"overflow-with-frames", overflow_with_frames},
                      {"copy-too-long", copy_too_long},
                      {"addresses", addresses}};

std::string line(const std::string &text, int number)
{
    std::size_t begin = 0;
    for (; number > 0; number--) {
        begin = text.find('\n', begin) + 1;
    }
    return text.substr(begin, text.find('\n', begin) - begin);
}

void sanitizer()
{
    Ending full = run_child("overflow-full");
    CHECK("hardening.ubsan-full",
          full.exited(0) && full.says("sum -2147483648") &&
              full.says("sanitized.c:9:14: runtime error: signed integer overflow: "
                        "2147483647 + 1 cannot be represented in type 'int'\n"));
    CHECK("hardening.ubsan-full-stops",
          run_child("full-fatal").exited(1) && !run_child("full-fatal").says("sum"));
    CHECK("hardening.ubsan-frames", run_child("overflow-with-frames").says("{{{bt:1:0x"));
    Ending minimal = run_child("overflow-minimal");
    CHECK("hardening.ubsan-minimal", minimal.exited(0) && minimal.says("sum -2147483648") &&
                                         minimal.says("ubsan: add-overflow by 0x"));
    Ending fatal = run_child("minimal-fatal");
    CHECK("hardening.ubsan-minimal-stops",
          fatal.aborted() && fatal.says("ubsan: add-overflow by 0x"));
}

void run()
{
    CHECK("hardening.vector-index", run_child("vector-index").trapped());
    CHECK("hardening.span-index", run_child("span-index").trapped());
    CHECK("hardening.empty-optional", run_child("empty-optional").trapped());
    CHECK("hardening.empty-front", run_child("empty-front").trapped());
    sanitizer();
    Ending copied = run_child("copy-too-long");
    CHECK("hardening.fortify", copied.aborted() && copied.says("buffer overflow detected"));
    Ending first = run_child("addresses"), second = run_child("addresses");
    CHECK("hardening.random-program", line(first.output, 0) != line(second.output, 0));
    CHECK("hardening.random-stack", line(first.output, 1) != line(second.output, 1));
    CHECK("hardening.random-heap", line(first.output, 2) != line(second.output, 2));
}

const Area area("hardening", run);
} // namespace
