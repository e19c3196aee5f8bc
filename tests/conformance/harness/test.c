// SPDX-License-Identifier: MIT
// The runner: selects, runs and reports tests, and looks for what they left behind.
#include <harness/test.h>

#include <coconut/coconut.h>
#include <coconut/error_table.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <stdarg.h>

/* Memory that a second and third run of all tests may keep: caches that fill up while other CPUs
   take part. A test that loses one page each time it runs is found by running it alone with
   --repeat. */
#define MEMORY_SLACK (64 * 1024)
#define LEAK_PASSES 2
#define MEMORY_LOOKS 20

extern const struct test *const __start_coco_tests[];
extern const struct test *const __stop_coco_tests[];

static struct {
    const struct test *test;
    uint32_t failures; /* of the running test; atomic */
    const char *skip_reason;
    char message[PRINT_MAX / 2];
} running;

static struct {
    unsigned passed, failed, skipped;
} totals;

void test_fail(const char *file, int line, const char *format, ...)
{
    if (__atomic_fetch_add(&running.failures, 1, __ATOMIC_ACQ_REL) != 0) {
        return;
    }
    size_t len = print_to(running.message, sizeof(running.message), "%s:%d: ", file, line);
    va_list arguments;
    va_start(arguments, format);
    print_to_list(running.message + len, sizeof(running.message) - len, format, arguments);
    va_end(arguments);
}

void test_skip(const char *reason)
{
    running.skip_reason = reason;
}

const char *test_error_name(int64_t result)
{
#define MATCH(name, value, posix, meaning)                                                         \
    if (result == (value)) {                                                                       \
        return "E" #name;                                                                          \
    }
    COCO_ERROR_TABLE(MATCH)
#undef MATCH
    return NULL;
}

static void describe(char *text, size_t size, int64_t value)
{
    const char *name = test_error_name(value);
    if (name != NULL) {
        print_to(text, size, "%s (%ld)", name, value);
    } else if (value > -100000 && value < 100000) {
        print_to(text, size, "%ld", value);
    } else {
        print_to(text, size, "0x%lx", (uint64_t)value);
    }
}

bool test_expect_equal(const char *file, int line, const char *text, int64_t actual,
                       int64_t expected)
{
    if (actual == expected) {
        return true;
    }
    char wanted[40];
    char got[40];
    describe(wanted, sizeof(wanted), expected);
    describe(got, sizeof(got), actual);
    test_fail(file, line, "%s: expected %s, got %s", text, wanted, got);
    return false;
}

bool test_expect_true(const char *file, int line, const char *text, bool actual)
{
    if (!actual) {
        test_fail(file, line, "%s: expected true, got false", text);
    }
    return actual;
}

bool test_expect_bytes(const char *file, int line, const char *text, const void *actual,
                       const void *expected, size_t len)
{
    const uint8_t *got = actual;
    const uint8_t *wanted = expected;
    for (size_t i = 0; i < len; i++) {
        if (got[i] != wanted[i]) {
            test_fail(file, line, "%s: byte %lu: expected 0x%02x, got 0x%02x", text, i, wanted[i],
                      got[i]);
            return false;
        }
    }
    return true;
}

static bool selected(const char *name)
{
    bool any = false;
    for (size_t i = 1; i < entry_argument_count(); i++) {
        const char *argument = entry_argument(i);
        if (argument[0] == '-') {
            continue;
        }
        any = true;
        if (strncmp(name, argument, strlen(argument)) == 0) {
            return true;
        }
    }
    return !any;
}

static bool option(const char *name)
{
    for (size_t i = 1; i < entry_argument_count(); i++) {
        if (strcmp(entry_argument(i), name) == 0) {
            return true;
        }
    }
    return false;
}

/* Runs one test with the check of counters around it. The result tells whether it passed. */
static bool run_test(const struct test *test)
{
    struct counters before;
    bool counting = counters_read(&before);
    running.test = test;
    running.failures = 0;
    running.skip_reason = NULL;
    test->run();
    if (counting && running.failures == 0) {
        char difference[80];
        if (!counters_settle(&before, difference, sizeof(difference))) {
            test_fail(__FILE_NAME__, __LINE__, "left behind: %s", difference);
        }
    }
    return running.failures == 0;
}

static void run_and_report(const struct test *test)
{
    if (!run_test(test)) {
        totals.failed++;
        print("not ok - %s: %s\n", test->name, running.message);
    } else if (running.skip_reason != NULL) {
        totals.skipped++;
        print("skip - %s # %s\n", test->name, running.skip_reason);
    } else {
        totals.passed++;
        print("ok - %s\n", test->name);
    }
}

/* Everything once more, silently: the first run filled the kernel's caches, the others may not take
   memory any more. */
static void check_memory(void)
{
    int64_t before = counters_free_memory();
    for (int pass = 0; pass < LEAK_PASSES; pass++) {
        for (const struct test *const *at = __start_coco_tests; at < __stop_coco_tests; at++) {
            if (selected((*at)->name) && !run_test(*at)) {
                print("not ok - repeat.%s: pass %d: %s\n", (*at)->name, pass + 2, running.message);
                totals.failed++;
                return;
            }
        }
    }
    int64_t lost = before - counters_free_memory();
    /* A CPU that is held up while it takes something down gives it back later; what is lost stays
       so. */
    for (int look = 1; lost > MEMORY_SLACK && look < MEMORY_LOOKS; look++) {
        lost = before - counters_free_memory();
    }
    if (lost > MEMORY_SLACK) {
        print("not ok - repeat.memory: %s:%d: expected at most %d bytes taken, got %ld\n",
              __FILE_NAME__, __LINE__, MEMORY_SLACK, lost);
        totals.failed++;
    } else {
        print("ok - repeat.memory\n");
        totals.passed++;
    }
}

static void list(void)
{
    for (const struct test *const *at = __start_coco_tests; at < __stop_coco_tests; at++) {
        print("%s:", (*at)->name);
        for (const char *const *rule = (*at)->rules; *rule != NULL; rule++) {
            print(" %s", *rule);
        }
        print("\n");
    }
}

int test_main(void)
{
    if (option("--list")) {
        list();
        return 0;
    }
    for (const struct test *const *at = __start_coco_tests; at < __stop_coco_tests; at++) {
        if (selected((*at)->name)) {
            run_and_report(*at);
        }
    }
    if (counters_available() && totals.failed == 0 && !option("--once")) {
        check_memory();
    }
    if (totals.passed + totals.failed + totals.skipped == 0) {
        print("not ok - select: no test has a name that begins as asked\n");
        totals.failed++;
    }
    if (totals.skipped != 0) {
        print("%u skipped\n", totals.skipped);
    }
    print("%u passed, %u failed\n", totals.passed, totals.failed);
    return totals.failed == 0 ? 0 : 1;
}
