// SPDX-License-Identifier: MIT
// Tests of a program without libc: registration, rule claims, expectations, and the runner.
//
//   TEST(open, directory_is_notfound, RULE("open.6"))
//   {
//       EXPECT_ERROR(coco_open("/dir", COCO_OPEN_READ, 0), NOTFOUND);
//   }
//
// A test prints one line: `ok - open.directory_is_notfound`, or `not ok - NAME: FILE:LINE: what`,
// or `skip - NAME # reason`. The program ends with `N passed, N failed`, and exits with 0 if none
// failed. With a SYSTEM handle the runner also compares the kernel's counters before and after each
// test, so that an object, handle, thread or process left behind fails the test, and it runs
// everything again to see that no memory went away.
//
// EXPECT_... records the first failure and goes on; it may be used in any thread. REQUIRE_... also
// leaves the function, which must return void.
#pragma once

#include <coconut/errors.h>
#include <harness/string.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
    const char *name; /* "<call>.<case>" */
    void (*run)(void);
    const char *const *rules; /* ids of the rules it proves, NULL at the end */
};

/// Claims that the test proves a rule of sysroot/abi/syscalls.def: "<call>.<number>",
/// "<call>.E<ERROR>".
#define RULE(id) (id)

#define TEST(call, case_name, ...)                                                                 \
    static void test_##call##_##case_name(void);                                                   \
    static const char *const rules_##call##_##case_name[] = {__VA_ARGS__ __VA_OPT__(, ) NULL};     \
    static const struct test entry_##call##_##case_name = {                                        \
        #call "." #case_name, test_##call##_##case_name, rules_##call##_##case_name};              \
    __attribute__((                                                                                \
        used, retain,                                                                              \
        section("coco_tests"))) static const struct test *const pointer_##call##_##case_name =     \
        &entry_##call##_##case_name;                                                               \
    static void test_##call##_##case_name(void)

/// Runs the tests that the program's arguments select: none for all, else names or beginnings of
/// names;
/// `--list` prints names and rules instead, `--once` leaves out the repetition that looks for lost
/// memory. The result is the exit code.
int test_main(void);

/// Records a failure of the running test. Thread-safe; the first one is printed.
__attribute__((format(printf, 3, 4))) void test_fail(const char *file, int line, const char *format,
                                                     ...);

/// Marks the running test as not applicable here. The reason must hold for the machine, not for a
/// defect.
void test_skip(const char *reason);

/// Comparisons behind the macros; the result tells whether the expectation held.
bool test_expect_equal(const char *file, int line, const char *text, int64_t actual,
                       int64_t expected);
bool test_expect_true(const char *file, int line, const char *text, bool actual);
bool test_expect_bytes(const char *file, int line, const char *text, const void *actual,
                       const void *expected, size_t len);

/// Name of an error result such as "EINVAL", or NULL if `result` is none the tables know.
const char *test_error_name(int64_t result);

#define EXPECT_EQ(actual, expected)                                                                \
    test_expect_equal(__FILE_NAME__, __LINE__, #actual, (int64_t)(actual), (int64_t)(expected))
#define EXPECT_TRUE(condition)                                                                     \
    test_expect_true(__FILE_NAME__, __LINE__, #condition, (bool)(condition))
#define EXPECT_OK(actual) EXPECT_EQ(actual, 0)
#define EXPECT_ERROR(actual, name) EXPECT_EQ(actual, COCO_E##name)
#define EXPECT_BYTES(actual, expected, len)                                                        \
    test_expect_bytes(__FILE_NAME__, __LINE__, #actual, actual, expected, len)

#define REQUIRE(expectation)                                                                       \
    do {                                                                                           \
        if (!(expectation)) {                                                                      \
            return;                                                                                \
        }                                                                                          \
    } while (0)
#define REQUIRE_EQ(actual, expected) REQUIRE(EXPECT_EQ(actual, expected))
#define REQUIRE_TRUE(condition) REQUIRE(EXPECT_TRUE(condition))
#define REQUIRE_OK(actual) REQUIRE(EXPECT_OK(actual))

#define SKIP(reason)                                                                               \
    do {                                                                                           \
        test_skip(reason);                                                                         \
        return;                                                                                    \
    } while (0)

/// Whether a result is a value and no error: only -65535..-1 are errors.
static inline bool result_is_value(int64_t result)
{
    return result < -65535 || result >= 0;
}
