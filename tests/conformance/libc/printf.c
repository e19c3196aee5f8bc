// SPDX-License-Identifier: MIT
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "harness.h"

__attribute__((format(printf, 3, 4))) static void expect(const char *name, const char *expected,
                                                         const char *format, ...)
{
    char buffer[512];
    char why[1200];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(buffer, sizeof(buffer), format, list);
    va_end(list);
    snprintf(why, sizeof(why), "'%s' instead of '%s'", buffer, expected);
    test_report(strcmp(buffer, expected) == 0 && len == (int)strlen(expected), name, why, __LINE__);
}

static void integers(void)
{
    expect("printf.int", "-42 42 +42 00042 42   |", "%d %i %+d %05d %-5d|", -42, 42, 42, 42, 42);
    expect("printf.limits", "-2147483648 4294967295", "%d %u", INT_MIN, UINT_MAX);
    expect("printf.long-long", "-9223372036854775808 18446744073709551615", "%lld %llu", LLONG_MIN,
           ULLONG_MAX);
    expect("printf.hex-octal", "ff FF 0xff 0XFF 377 0377", "%x %X %#x %#X %o %#o", 255, 255, 255,
           255, 255, 255);
    expect("printf.hh-h", "-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, 255, -1, 65535);
    expect("printf.z-t-j", "7 -7 9 -9", "%zu %td %ju %jd", (size_t)7, (ptrdiff_t)-7, (uintmax_t)9,
           (intmax_t)-9);
    expect("printf.precision", "00042      00042 |42", "%.5d %10.5d |%.0d%.d", 42, 42, 42, 0);
    expect("printf.star", "   42|42   |007", "%*d|%-*d|%.*d", 5, 42, 5, 42, 3, 7);
    expect("printf.prinn", "-5 18446744073709551615", "%" PRId64 " %" PRIu64, (int64_t)-5,
           UINT64_MAX);
}

static void strings(void)
{
    expect("printf.string", "abc|  abc|abc  |ab", "%s|%5s|%-5s|%.2s", "abc", "abc", "abc", "abc");
    expect("printf.char-percent", "x%y", "%c%%%c", 'x', 'y');
    expect("printf.pointer", "0x1234abcd", "%p", (void *)0x1234abcd);
    expect("printf.wide", "wide w", "%ls %lc", L"wide", (wint_t)L'w');
    int count = 0;
    char buffer[32];
    snprintf(buffer, sizeof(buffer), "12345%n67", &count);
    CHECK("printf.n", count == 5);
}

static void doubles(void)
{
    expect("printf.f", "3.141593 -0.500000 1000000.000000", "%f %f %f", 3.14159265, -0.5, 1e6);
    expect("printf.e-g", "1.500000e+10 1.5e+10 0.0001 1e-05 100000 1e+06", "%e %g %g %g %g %g",
           1.5e10, 1.5e10, 1e-4, 1e-5, 1e5, 1e6);
    expect("printf.a", "0x1p+0 0x1.8p+1 -0x1p-3", "%a %a %a", 1.0, 3.0, -0.125);
    expect("printf.special", "inf -inf nan INF 0.0 -0.0", "%f %f %f %F %.1f %.1f", INFINITY,
           -INFINITY, fabs(NAN), INFINITY, 0.0, -0.0);
    expect("printf.rounding", "0 2 2 4 0.1 1.00", "%.0f %.0f %.0f %.0f %.1f %.2f", 0.5, 1.5, 2.5,
           3.5, 0.05, 0.999);
    expect("printf.17-digits", "0.10000000000000001 1.7976931348623157e+308", "%.17g %.17g", 0.1,
           DBL_MAX);
    expect("printf.denormal", "4.9406564584124654e-324", "%.17g", 4.9406564584124654e-324);
}

static void long_doubles(void)
{
    expect("printf.long-double", "1.500000 1.5e+4000 inf", "%Lf %Lg %Lg", 1.5L, 1.5e4000L,
           (long double)INFINITY);
    expect("printf.long-double-digits", "3.14159265358979323851", "%.20Lf",
           3.14159265358979323846L);
    expect("printf.long-double-max", "1.18973149535723176502e+4932", "%.20Le", LDBL_MAX);
    expect("printf.long-double-min", "3.3621031431120935063e-4932", "%.20Lg", LDBL_MIN);
    char buffer[64];
    snprintf(buffer, sizeof(buffer), "%La", 1.0L);
    CHECK("printf.long-double-hex", strtold(buffer, NULL) == 1.0L);
}

static void positional(void)
{
    expect("printf.positional", "two one", "%2$s %1$s", "one", "two");
    expect("printf.positional-mixed-types", "3.50 seven 7 9000000000", "%3$.2f %2$s %1$d %4$lld", 7,
           "seven", 3.5, 9000000000ll);
    expect("printf.positional-repeat", "a a a", "%1$s %1$s %1$s", "a");
    expect("printf.positional-width", "   42|  x", "%2$*1$d|%3$*4$s", 5, 42, "x", 3);
    expect("printf.positional-star-and-precision", " 2.50|ab", "%3$*1$.*2$f|%4$.*2$s", 5, 2, 2.5,
           "abc");
    expect("printf.positional-flags-and-width", "b   |    a|+07", "%2$-4s|%1$5s|%3$+03d", "a", "b",
           7);
    expect("printf.positional-long-double", "2.25 1.25", "%2$.2Lf %1$.2Lf", 1.25L, 2.25L);
}

static void expect_wide(const char *name, const wchar_t *expected, const wchar_t *format, ...)
{
    wchar_t buffer[64] = {0};
    va_list arguments;
    va_start(arguments, format);
    int length = vswprintf(buffer, 64, format, arguments);
    va_end(arguments);
    CHECK(name, length == (int)wcslen(expected) && wcscmp(buffer, expected) == 0);
}

static void wide_positional(void)
{
    expect_wide("printf.wide-positional", L"two one", L"%2$ls %1$ls", L"one", L"two");
    expect_wide("printf.wide-positional-mixed-types", L"3.50 seven 7 9000000000",
                L"%3$.2f %2$s %1$d %4$lld", 7, "seven", 3.5, 9000000000ll);
    expect_wide("printf.wide-positional-width", L"   42|  x", L"%2$*1$d|%3$*4$ls", 5, 42, L"x", 3);
    expect_wide("printf.wide-positional-star-and-precision", L" 2.50|ab", L"%3$*1$.*2$f|%4$.*2$ls",
                5, 2, 2.5, L"abc");
    expect_wide("printf.wide-positional-flags", L"+07|b   ", L"%2$+03d|%1$-4ls", L"b", 7);
    expect_wide("printf.wide-positional-long-double", L"2.25 1.25", L"%2$.2Lf %1$.2Lf", 1.25L,
                2.25L);
    expect_wide("printf.wide-positional-percent", L"2.5 % 7 %d", L"%2$.1f %% %1$d %%d", 7, 2.5);
}

static void sizes(void)
{
    char buffer[8];
    errno = 0;
    CHECK("printf.truncates", snprintf(buffer, sizeof(buffer), "%s", "0123456789") == 10 &&
                                  strcmp(buffer, "0123456") == 0);
    CHECK("printf.size-0", snprintf(NULL, 0, "%d", 12345) == 5);
    char *made = NULL;
    CHECK("printf.asprintf", asprintf(&made, "%s-%d", "a", 1) == 3 && strcmp(made, "a-1") == 0);
    free(made);
    wchar_t wide[32];
    CHECK("printf.swprintf",
          swprintf(wide, 32, L"%d %ls %.1f", 1, L"x", 2.5) == 7 && wcscmp(wide, L"1 x 2.5") == 0);
}

void area_printf(void)
{
    integers();
    strings();
    doubles();
    long_doubles();
    positional();
    wide_positional();
    sizes();
}
