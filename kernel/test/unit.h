// SPDX-License-Identifier: MIT
// Unit tests of kernel code on the host. A test file holds UNIT_TEST functions; the library brings
// main():
//
//   UNIT_TEST(list_is_empty_at_start)
//   {
//       struct list list;
//
//       list_init(&list);
//       UNIT_CHECK(list_empty(&list));
//   }
//
// Each test prints "ok - name" or "not ok - name: file:line: why"; the last line is "N passed, N
// failed". A test ends at its first failed check. `program TEXT` runs the tests whose name holds
// TEXT, `program --list` names all; UNIT_LOG=1 in the environment shows the kernel's log.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct unit_test {
    const char *name;
    void (*run)(void);
    struct unit_test *next;
};

/// Add a test to the list; UNIT_TEST does it before main().
void unit_register(struct unit_test *test);

/// End the running test as failed. Also from helper functions of a test.
__noreturn void unit_fail(const char *file, int line, const char *format, ...) __printf(3, 4);

/// Run `function(argument)` in a child process; true if it ended in a kernel panic whose text holds
/// `text`.
bool unit_panics(void (*function)(void *argument), void *argument, const char *text);

/// The next pseudo-random number of a sequence that is the same in each run; UNIT_SEED changes it.
uint64_t unit_random(void);

/// A pseudo-random number below `bound` (> 0).
uint64_t unit_random_below(uint64_t bound);

#define UNIT_TEST(test_name)                                                                       \
    static void test_name(void);                                                                   \
    static struct unit_test unit_##test_name = {.name = #test_name, .run = test_name};             \
    __attribute__((constructor)) static void unit_register_##test_name(void)                       \
    {                                                                                              \
        unit_register(&unit_##test_name);                                                          \
    }                                                                                              \
    static void test_name(void)

#define UNIT_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            unit_fail(__FILE_NAME__, __LINE__, "%s", #condition);                                  \
        }                                                                                          \
    } while (0)

/// Compare two integers and show them if they differ.
#define UNIT_EQUAL(actual, expected)                                                               \
    do {                                                                                           \
        int64_t unit_actual_ = (int64_t)(actual);                                                  \
        int64_t unit_expected_ = (int64_t)(expected);                                              \
        if (unit_actual_ != unit_expected_) {                                                      \
            unit_fail(__FILE_NAME__, __LINE__, "%s is %lld, not %lld", #actual,                    \
                      (long long)unit_actual_, (long long)unit_expected_);                         \
        }                                                                                          \
    } while (0)

#define UNIT_OK(call) UNIT_EQUAL(call, 0)
