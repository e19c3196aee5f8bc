// SPDX-License-Identifier: MIT
// Numbers from text, division, and the generators of drand48()'s family, whose sequences POSIX
// gives: X' = (a * X + c) mod 2^48.
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "harness.h"

static void from_text(void)
{
    char *end;
    CHECK("numbers.atof", atof(" 2.5e1x") == 25.0 && atoi("-12x") == -12 && atol("+7") == 7 &&
                              atoll("-9223372036854775808") == LLONG_MIN);
    CHECK("numbers.strtof", strtof("0x1.8p-1z", &end) == 0.75f && *end == 'z' &&
                                strtof("3.4028235e38", NULL) == FLT_MAX &&
                                isinf(strtof("-INFinity", &end)) && *end == '\0');
    errno = 0;
    CHECK("numbers.strtof-range", isinf(strtof("1e39", NULL)) && errno == ERANGE);
    errno = 0;
    CHECK("numbers.strtof-small", strtof("1e-60", NULL) <= FLT_MIN && errno == ERANGE);
    // One decimal value between two floats: rounded once, not by way of a double.
    CHECK("numbers.strtof-rounds-once",
          strtof("1.00000017881393432617187499", NULL) == 0x1.000002p0f);
    errno = 0;
    CHECK("numbers.strtoll", strtoll("0x7fffffffffffffff", NULL, 0) == LLONG_MAX && errno == 0 &&
                                 strtoll("-9223372036854775809", NULL, 10) == LLONG_MIN &&
                                 errno == ERANGE);
    errno = 0;
    CHECK("numbers.strtoimax", strtoimax("-9223372036854775808", NULL, 10) == INTMAX_MIN &&
                                   strtoumax("18446744073709551615", NULL, 10) == UINTMAX_MAX &&
                                   errno == 0);
    errno = 0;
    CHECK("numbers.strtoul-minus", strtoul("-2", NULL, 10) == ULONG_MAX - 1 && errno == 0 &&
                                       strtoul("-18446744073709551616", NULL, 10) == ULONG_MAX &&
                                       errno == ERANGE);
    const char *digitless = "0x";
    CHECK("numbers.strtol-prefix-alone", strtol(digitless, &end, 16) == 0 && end == digitless + 1);
    const char *blank = "  +";
    CHECK("numbers.strtol-nothing", strtol(blank, &end, 10) == 0 && end == blank);
    errno = 0;
    CHECK("numbers.strtol-base", strtol("1", NULL, 1) == 0 && errno == EINVAL);
    const char *exponent = "1e+x";
    CHECK("numbers.strtod-exponent-alone", strtod(exponent, &end) == 1.0 && end == exponent + 1);
    const char *none = " .e1";
    CHECK("numbers.strtod-nothing", strtod(none, &end) == 0.0 && end == none);
    CHECK("numbers.strtod-nan", isnan(strtod("nan(12)x", &end)) && *end == 'x' &&
                                    isnan(strtod("NAN(", &end)) && *end == '(' &&
                                    signbit(strtod("-0", NULL)));
}

static void division(void)
{
    CHECK("numbers.ldiv", ldiv(-7, 2).quot == -3 && ldiv(-7, 2).rem == -1 &&
                              imaxdiv(7, -2).quot == -3 && imaxdiv(7, -2).rem == 1);
    CHECK("numbers.labs", labs(-5) == 5 && imaxabs(-INTMAX_MAX) == INTMAX_MAX);
    CHECK("numbers.ffs", ffs(0) == 0 && ffs(8) == 4 && ffs(INT_MIN) == 32 && ffsl(0) == 0 &&
                             ffsl(LONG_MIN) == 64 && ffsll(1LL << 40) == 41);
    char out[8] = "......";
    swab("abcdef", out, 5);
    CHECK("numbers.swab", memcmp(out, "badc", 4) == 0 && out[5] == '.');
    swab("ab", out, -1);
    CHECK("numbers.swab-none", memcmp(out, "badc", 4) == 0);
}

static void base64(void)
{
    CHECK("numbers.a64l", a64l("./") == 64 && a64l("") == 0 && (int32_t)a64l("zzzzz1") == -1 &&
                              a64l("ABCD") == (12 | 13 << 6 | 14 << 12 | 15 << 18));
    CHECK("numbers.l64a", strcmp(l64a(0), "") == 0 && strcmp(l64a(64), "./") == 0 &&
                              a64l(l64a(123456789)) == 123456789);
    CHECK("numbers.l64a-negative", (int32_t)a64l(l64a(-1)) == -1);
}

#define MULTIPLIER 0x5deece66dULL
#define MASK48 ((1ULL << 48) - 1)

static uint64_t step(uint64_t *x, uint64_t a, uint64_t c)
{
    *x = (a * *x + c) & MASK48;
    return *x;
}

static void load(unsigned short out[3], uint64_t x)
{
    out[0] = (unsigned short)x;
    out[1] = (unsigned short)(x >> 16);
    out[2] = (unsigned short)(x >> 32);
}

static void generators(void)
{
    uint64_t x = 12345ULL << 16 | 0x330e;
    bool same = true;
    srand48(12345);
    for (int i = 0; i < 100; i++) {
        same = same && drand48() == (double)step(&x, MULTIPLIER, 11) * 0x1p-48;
        same = same && lrand48() == (long)(step(&x, MULTIPLIER, 11) >> 17);
        same = same && mrand48() == (int32_t)(step(&x, MULTIPLIER, 11) >> 16);
    }
    CHECK("numbers.srand48", same);
    unsigned short seed[3];
    unsigned short state[3];
    load(seed, 0x123456789abc);
    uint64_t before = x;
    unsigned short *old = seed48(seed);
    load(state, before);
    CHECK("numbers.seed48-old", memcmp(old, state, sizeof(state)) == 0);
    x = 0x123456789abc;
    CHECK("numbers.seed48", lrand48() == (long)(step(&x, MULTIPLIER, 11) >> 17));
    uint64_t y = 0xfedcba987654;
    load(state, y);
    same = erand48(state) == (double)step(&y, MULTIPLIER, 11) * 0x1p-48;
    same = same && nrand48(state) == (long)(step(&y, MULTIPLIER, 11) >> 17);
    same = same && jrand48(state) == (int32_t)(step(&y, MULTIPLIER, 11) >> 16);
    load(seed, y);
    CHECK("numbers.own-state", same && memcmp(seed, state, sizeof(state)) == 0);
    CHECK("numbers.own-state-apart", lrand48() == (long)(step(&x, MULTIPLIER, 11) >> 17));
    unsigned short all[7] = {1, 2, 3, 0x0005, 0x0001, 0, 7};
    lcong48(all);
    x = 3ULL << 32 | 2 << 16 | 1;
    CHECK("numbers.lcong48", lrand48() == (long)(step(&x, 0x10005, 7) >> 17) &&
                                 lrand48() == (long)(step(&x, 0x10005, 7) >> 17));
    srand48(1);
    x = 1ULL << 16 | 0x330e;
    CHECK("numbers.srand48-resets", lrand48() == (long)(step(&x, MULTIPLIER, 11) >> 17));
}

static int by_key(const void *a, const void *b, void *sign)
{
    return *(const int *)sign * (*(const int *)a - *(const int *)b);
}

static void sorting(void)
{
    int values[] = {3, 1, 2};
    int sign = -1;
    qsort_r(values, 3, sizeof(values[0]), by_key, &sign);
    CHECK("numbers.qsort_r", values[0] == 3 && values[1] == 2 && values[2] == 1);
    setenv("NUMBERS_TEST", "value", 1);
    CHECK("numbers.secure_getenv",
          strcmp(secure_getenv("NUMBERS_TEST"), "value") == 0 && !secure_getenv("NUMBERS_NONE"));
    unsetenv("NUMBERS_TEST");
}

static void random_state(void)
{
    char state[128];
    char other[32];
    long first[5];
    bool same = true;
    char *old = initstate(42, state, sizeof(state));
    for (int i = 0; i < 5; i++) {
        first[i] = random();
    }
    CHECK("numbers.initstate", old != NULL && initstate(42, other, sizeof(other)) == state);
    srandom(42);
    setstate(state);
    srandom(42);
    for (int i = 0; i < 5; i++) {
        same = same && random() == first[i];
    }
    CHECK("numbers.setstate", same && setstate(old) == state);
    errno = 0;
    char small[8];
    CHECK("numbers.initstate-small", initstate(1, small, 4) == NULL);
    unsigned seed = 5;
    unsigned again = 5;
    CHECK("numbers.rand_r", rand_r(&seed) == rand_r(&again) && seed == again && seed != 5);
    srand(9);
    int number = rand();
    srand(9);
    CHECK("numbers.srand", rand() == number && number >= 0 && number <= RAND_MAX);
}

void area_numbers(void)
{
    from_text();
    division();
    base64();
    generators();
    sorting();
    random_state();
}
