// SPDX-License-Identifier: MIT
// Corners of printf(), scanf(), strftime(): flags and sizes together, bytes against characters,
// fields that end early.
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "harness.h"

#define EURO "\xe2\x82\xac"

__attribute__((format(printf, 2, 3))) static bool gives(const char *expected, const char *format,
                                                        ...)
{
    char out[512];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(out, sizeof(out), format, list);
    va_end(list);
    bool same = len == (int)strlen(expected) && strcmp(out, expected) == 0;
    if (!same) {
        printf("# '%s', not '%s'\n", out, expected);
    }
    return same;
}

#pragma clang diagnostic ignored "-Wformat" // flags without effect are among what is tested

static void integers(void)
{
    CHECK("formats.flags", gives("+5|+5| 5|-5", "%+d|%+ d|% d|% d", 5, 5, 5, -5) &&
                               gives("5   |0005|5   ", "%-4d|%04d|%-04d", 5, 5, 5));
    CHECK("formats.zero-and-precision", gives("  05|  05", "%04.2d|%4.2d", 5, 5));
    CHECK("formats.alternate", gives("0x1f|0X1F|037|0|0", "%#x|%#X|%#o|%#x|%#o", 31, 31, 31, 0, 0));
    CHECK("formats.alternate-precision",
          gives("0x001f|0037|0", "%#.4x|%#.4o|%#.0o", 31, 31, 0) && gives("0x00001f", "%#08x", 31));
    CHECK("formats.nothing", gives("|+|     |", "%.0d|%+.0d|%5.0d|%.0x", 0, 0, 0, 0));
    CHECK("formats.sizes",
          gives("-1 255 -1 65535", "%hhd %hhu %hd %hu", 511, 511, 131071, 131071) &&
              gives("-1 1 2 3", "%jd %zu %td %ld", (intmax_t)-1, (size_t)1, (ptrdiff_t)2, 3l));
    CHECK("formats.negative-star", gives("5  |5", "%*d|%.*d", -3, 5, -1, 5));
    CHECK("formats.minimum", gives("-9223372036854775808", "%lld", LLONG_MIN));
}

static void floats(void)
{
    CHECK("formats.alternate-floats", gives("1.|1.00000|1.e+00", "%#.0f|%#g|%#.0e", 1.0, 1.0, 1.0));
    CHECK("formats.zero-floats", gives("-0001.5|  inf|-nan |+1.5", "%07.1f|%05f|%-5f|%+.1f", -1.5,
                                       INFINITY, -fabs(NAN), 1.5) ||
                                     gives("-0001.5|  inf|nan  |+1.5", "%07.1f|%05f|%-5f|%+.1f",
                                           -1.5, INFINITY, fabs(NAN), 1.5));
    CHECK("formats.g", gives("1e+10|1234567890|0.00012|1.2e-05", "%g|%.10g|%g|%g", 1e10,
                             1234567890., 0.00012, 0.000012));
    CHECK("formats.g-rounds-up", gives("1e+06|1|10", "%g|%.0g|%.2g", 999999.5, 0.96, 9.96));
    CHECK("formats.g-precision-0", gives("2e+02", "%.0g", 150.0) || gives("1e+02", "%.0g", 150.0));
    CHECK("formats.upper",
          gives("1.5E+00|1.5|INF|0X1.8P+0", "%.1E|%G|%F|%A", 1.5, 1.5, INFINITY, 1.5));
    CHECK("formats.a",
          gives("0x1p+0|0x1.8p+0|0x0p+0|-0x1p-1022", "%a|%a|%a|%a", 1.0, 1.5, 0.0, -DBL_MIN));
    CHECK("formats.a-precision",
          gives("0x1.8p+0|0x1p+0|0x2p+0|0x1.80p+0", "%.1a|%.0a|%.0a|%.2a", 1.5, 1.25, 1.75, 1.5));
    CHECK("formats.a-width", gives("    0x1p+0|0x00001p+0|0x1p+0    |0x1.p+0",
                                   "%10a|%010a|%-10a|%#a", 1.0, 1.0, 1.0, 1.0));
    CHECK("formats.long", gives("0.1000000000000000000013553", "%.25Lf", 0.1L));
    char out[400];
    CHECK("formats.largest", snprintf(out, sizeof(out), "%f", DBL_MAX) == 316 &&
                                 memcmp(out, "17976931348623157081452742373", 29) == 0);
    CHECK("formats.halves",
          gives("0|2|-0|0.12|0.38", "%.0f|%.0f|%.0f|%.2f|%.2f", 0.5, 2.5, -0.5, 0.125, 0.375));
}

static void texts(void)
{
    int count = 0;
    long long_count = 0;
    signed char char_count = 0;
    CHECK("formats.string-precision", gives("|ab|  a", "%.0s|%.2s|%3.1s", "abc", "abc", "abc"));
    char unended[3] = {'a', 'b', 'c'};
    CHECK("formats.string-unended", gives("abc", "%.3s", unended));
    CHECK("formats.wide-precision", gives("a|a" EURO, "%.3ls|%.4ls", L"a\u20ac", L"a\u20ac"));
    CHECK("formats.wide-width", gives("  " EURO "|" EURO "  |" EURO, "%5ls|%-5ls|%lc", L"\u20ac",
                                      L"\u20ac", (wint_t)0x20ac));
    char out[16];
    errno = 0;
    wchar_t bad[] = {L'a', 0xd800, 0};
    CHECK("formats.wide-invalid", snprintf(out, sizeof(out), "%ls", bad) == -1 && errno == EILSEQ);
    CHECK("formats.char-nul",
          snprintf(out, sizeof(out), "a%cb", 0) == 3 && !memcmp(out, "a\0b", 4));
    CHECK("formats.n", snprintf(out, 3, "abcdef%n%ln%hhn", &count, &long_count, &char_count) == 6 &&
                           count == 6 && long_count == 6 && char_count == 6);
    errno = 0;
    CHECK("formats.overflow",
          snprintf(out, 0, "%*d%*d", INT_MAX, 1, 9, 1) < 0 && errno == EOVERFLOW);
    CHECK("formats.c-S", gives("x" EURO, "%C%S", (wint_t)'x', L"\u20ac"));
}

static void scans(void)
{
    int a = -1;
    int b = -1;
    char text[16] = "";
    char *made = NULL;
    void *pointer = NULL;
    double d = 0;
    CHECK("formats.scan-width", sscanf("12345", "%2d%3d", &a, &b) == 2 && a == 12 && b == 345);
    CHECK("formats.scan-fails", sscanf("x", "%d", &a) == 0 && sscanf(" ", "%d", &a) == EOF &&
                                    sscanf("1 x", "%d %d", &a, &b) == 1);
    CHECK("formats.scan-literal", sscanf("a%b7", "a%%b%d", &a) == 1 && a == 7 &&
                                      sscanf("ab", "ac%d", &a) == 0 &&
                                      sscanf("", "a%d", &a) == EOF);
    CHECK("formats.scan-set", sscanf("a-]b", "%[]a-]%c", text, text + 8) == 2 &&
                                  strcmp(text, "a-]") == 0 && text[8] == 'b' &&
                                  sscanf("xyz]", "%[^]]", text) == 1 && strcmp(text, "xyz") == 0);
    CHECK("formats.scan-set-none", sscanf("1", "%[a]", text) == 0);
    CHECK("formats.scan-c",
          sscanf("  ab", "%2c%c", text, text + 4) == 2 && text[1] == ' ' && text[4] == 'a');
    CHECK("formats.scan-m",
          sscanf("hello world", "%ms", &made) == 1 && made && !strcmp(made, "hello"));
    free(made);
    made = NULL;
    CHECK("formats.scan-mc", sscanf("abc", "%3mc", &made) == 1 && made && !memcmp(made, "abc", 3));
    free(made);
    CHECK("formats.scan-n", sscanf("12 x", "%d%n", &a, &b) == 1 && b == 2);
    CHECK("formats.scan-p", snprintf(text, sizeof(text), "%p", (void *)text) > 0 &&
                                sscanf(text, "%p", &pointer) == 1 && pointer == (void *)text);
    CHECK("formats.scan-exponent",
          sscanf("1e5x", "%lf%c", &d, text) == 2 && d == 1e5 && *text == 'x');
    // What was read must be a whole number: "1e+x" has a prefix of one.
    CHECK("formats.scan-prefix", sscanf("1e+x", "%lf", &d) == 0 || d == 1);
    CHECK("formats.scan-width-float",
          sscanf("3.14159", "%4lf%s", &d, text) == 2 && d == 3.14 && strcmp(text, "159") == 0);
    CHECK("formats.scan-nan", sscanf("nan infinity", "%lf %lf", &d, &d) == 2 && isinf(d));
    long long big = 0;
    CHECK("formats.scan-hex", sscanf("0x-7", "%x%d", (unsigned *)&a, &b) <= 2 &&
                                  sscanf("-0xA", "%lli", &big) == 1 && big == -10);
    wchar_t wide[8];
    CHECK("formats.scan-wide", sscanf(EURO "x y", "%ls %lc", wide, wide + 4) == 2 &&
                                   wcscmp(wide, L"\u20acx") == 0 && wide[4] == L'y');
    CHECK("formats.scan-suppressed", sscanf("a b c", "%*s %*s %s", text) == 1 && *text == 'c');
}

static bool dated(const struct tm *date, const char *format, const char *expected)
{
    char out[64] = "";
    bool same =
        strftime(out, sizeof(out), format, date) == strlen(expected) && strcmp(out, expected) == 0;
    if (!same) {
        printf("# %s: '%s', not '%s'\n", format, out, expected);
    }
    return same;
}

static void dates(void)
{
    // Saturday, 1 January 2022: week 52 of 2021.
    const struct tm date = {
        .tm_year = 122, .tm_mday = 1, .tm_wday = 6, .tm_hour = 13, .tm_min = 5, .tm_sec = 9};
    static const struct {
        const char *format;
        const char *expected;
    } cases[] = {
        {"%a %A %b %B %h", "Sat Saturday Jan January Jan"},
        {"%c", "Sat Jan  1 13:05:09 2022"},
        {"%C %y %Y %g %G", "20 22 2022 21 2021"},
        {"%d|%e|%j", "01| 1|001"},
        {"%D %F", "01/01/22 2022-01-01"},
        {"%H %I %M %S %p", "13 01 05 09 PM"},
        {"%r %R %T", "01:05:09 PM 13:05 13:05:09"},
        {"%u %w %U %V %W", "6 6 00 52 00"},
        {"%x %X", "01/01/22 13:05:09"},
        {"%n%t%%", "\n\t%"},
        {"%Ec %EC %Ey %Od %OH %Ou", "Sat Jan  1 13:05:09 2022 20 22 01 13 6"},
        {"%m", "01"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[48];
        snprintf(name, sizeof(name), "formats.strftime-%zu", i);
        CHECK(name, dated(&date, cases[i].format, cases[i].expected));
    }
    const struct tm old = {.tm_year = -1000 - 900, .tm_mday = 1, .tm_yday = 0};
    CHECK("formats.strftime-padded", dated(&old, "%5Y|%010Y", "00000|0000000000"));
    const struct tm far = {.tm_year = 12345 - 1900, .tm_mday = 1};
    CHECK("formats.strftime-plus", dated(&far, "%+4Y|%+F", "+12345|+12345-01-01") ||
                                       dated(&far, "%+4Y|%+10F", "+12345|+12345-01-01"));
    char out[8];
    CHECK("formats.strftime-small",
          strftime(out, 4, "%F", &date) == 0 && strftime(out, 5, "%Y", &date) == 4);
    // Weeks of years' ends by ISO 8601.
    const struct tm monday = {
        .tm_year = 124, .tm_mon = 11, .tm_mday = 30, .tm_wday = 1, .tm_yday = 364};
    CHECK("formats.strftime-week", dated(&monday, "%G-W%V-%u", "2025-W01-1"));
    const struct tm sunday = {.tm_year = 127, .tm_mday = 3, .tm_wday = 0, .tm_yday = 2};
    CHECK("formats.strftime-week-53", dated(&sunday, "%G-W%V-%u", "2026-W53-7"));
    char text[32];
    CHECK("formats.asctime_r", strcmp(asctime_r(&date, text), "Sat Jan  1 13:05:09 2022\n") == 0);
}

void area_formats(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    integers();
    floats();
    texts();
    scans();
    dates();
    setlocale(LC_ALL, "C");
}
