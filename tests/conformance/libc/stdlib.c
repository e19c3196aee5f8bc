// SPDX-License-Identifier: MIT
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <search.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void conversions(void)
{
    char *end;
    CHECK("stdlib.strtol", strtol(" -42x", &end, 10) == -42 && *end == 'x');
    CHECK("stdlib.strtol-bases", strtol("ff", NULL, 16) == 255 && strtol("0x1F", NULL, 0) == 31 &&
                                     strtol("017", NULL, 0) == 15 &&
                                     strtol("zz", NULL, 36) == 1295);
    errno = 0;
    CHECK("stdlib.strtol-range",
          strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE);
    CHECK("stdlib.strtoull", strtoull("18446744073709551615", NULL, 10) == ULLONG_MAX);
    CHECK("stdlib.strtod", strtod("1.5e3z", &end) == 1500.0 && *end == 'z');
    CHECK("stdlib.strtod-exact",
          strtod("0.1", NULL) == 0.1 && strtod("1.7976931348623157e308", NULL) == DBL_MAX);
    errno = 0;
    CHECK("stdlib.strtod-range", isinf(strtod("1e999", NULL)) && errno == ERANGE);
    CHECK("stdlib.strtold", strtold("1e4000", NULL) == 1e4000L &&
                                strtold("1.18973149535723176502e+4932", NULL) == LDBL_MAX);
    CHECK("stdlib.strtod-hex-nan", strtod("0x1.8p1", NULL) == 3.0 && isnan(strtod("nan", NULL)));
    CHECK("stdlib.div", div(-7, 2).quot == -3 && div(-7, 2).rem == -1 && lldiv(7, -2).quot == -3);
    CHECK("stdlib.abs", abs(-3) == 3 && llabs(-3000000000ll) == 3000000000ll);
}

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a;
    int y = *(const int *)b;
    return (x > y) - (x < y);
}

static void sorting(void)
{
    enum { COUNT = 5000 };
    static int numbers[COUNT];
    srand(7);
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = rand() % 1000;
    }
    qsort(numbers, COUNT, sizeof(numbers[0]), compare_ints);
    bool sorted = true;
    for (int i = 1; i < COUNT; i++) {
        sorted = sorted && numbers[i - 1] <= numbers[i];
    }
    CHECK("stdlib.qsort", sorted);
    int key = numbers[COUNT / 2];
    int *found = bsearch(&key, numbers, COUNT, sizeof(numbers[0]), compare_ints);
    CHECK("stdlib.bsearch", found && *found == key);
    key = 5000;
    CHECK("stdlib.bsearch-missing",
          !bsearch(&key, numbers, COUNT, sizeof(numbers[0]), compare_ints));
}

static jmp_buf target;

static void jump_from_depth(int depth)
{
    if (depth == 0) {
        longjmp(target, 42);
    }
    jump_from_depth(depth - 1);
    abort(); // not reached; also keeps the call from being the last thing done
}

static void jumps(void)
{
    volatile int rounds = 0;
    int value = setjmp(target);
    if (value == 0) {
        jump_from_depth(50);
    }
    CHECK("stdlib.setjmp", value == 42);
    value = setjmp(target);
    if (++rounds < 3) {
        longjmp(target, 0); // 0 arrives as 1
    }
    CHECK("stdlib.longjmp-0-is-1", value == 1 && rounds == 3);
}

static void environment(void)
{
    CHECK("stdlib.getenv-missing", getenv("LIBC_TEST_NONE") == NULL);
    CHECK("stdlib.setenv",
          setenv("LIBC_TEST_A", "1", 1) == 0 && strcmp(getenv("LIBC_TEST_A"), "1") == 0);
    CHECK("stdlib.setenv-keeps",
          setenv("LIBC_TEST_A", "2", 0) == 0 && strcmp(getenv("LIBC_TEST_A"), "1") == 0);
    CHECK("stdlib.setenv-longer", setenv("LIBC_TEST_A", "much longer value", 1) == 0 &&
                                      strcmp(getenv("LIBC_TEST_A"), "much longer value") == 0);
    static char text[] = "LIBC_TEST_B=b";
    CHECK("stdlib.putenv", putenv(text) == 0 && strcmp(getenv("LIBC_TEST_B"), "b") == 0);
    CHECK("stdlib.unsetenv", unsetenv("LIBC_TEST_A") == 0 && getenv("LIBC_TEST_A") == NULL);
    errno = 0;
    CHECK("stdlib.setenv-bad", setenv("A=B", "x", 1) == -1 && errno == EINVAL);
}

static void randomness(void)
{
    srand(5);
    int first = rand();
    srand(5);
    CHECK("stdlib.rand-repeats", rand() == first);
    srandom(1);
    long a = random();
    CHECK("stdlib.random-moves", random() != a);
    CHECK("stdlib.drand48", drand48() >= 0.0 && drand48() < 1.0);
    uint32_t x = arc4random();
    uint32_t y = arc4random();
    uint32_t z = arc4random();
    CHECK("stdlib.arc4random", x != y || y != z);
    CHECK("stdlib.arc4random_uniform", arc4random_uniform(10) < 10);
    CHECK("stdlib.system-no-shell", system(NULL) == 0);
}

void area_stdlib(void)
{
    conversions();
    sorting();
    jumps();
    environment();
    randomness();
}
