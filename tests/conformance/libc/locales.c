// SPDX-License-Identifier: MIT
// Locale objects, the functions that take one, wide characters and streams.
#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "harness.h"

static void objects(void)
{
    locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    CHECK("locales.newlocale", utf8 && plain);
    errno = 0;
    CHECK("locales.newlocale-unknown",
          newlocale(LC_ALL_MASK, "xx_XX.NONE", (locale_t)0) == (locale_t)0 && errno == ENOENT);
    CHECK("locales.posix-is-c", newlocale(LC_ALL_MASK, "POSIX", (locale_t)0) != (locale_t)0);
    locale_t copy = duplocale(utf8);
    CHECK("locales.duplocale",
          copy && copy != utf8 && strcmp(nl_langinfo_l(CODESET, copy), "UTF-8") == 0);
    CHECK("locales.ctype_l", isalpha_l('a', plain) && !isalpha_l('1', plain) &&
                                 toupper_l('a', plain) == 'A' && iswalpha_l(0xe9, utf8) &&
                                 towupper_l(0xe9, utf8) == 0xc9);
    CHECK("locales.strings_l", strcoll_l("a", "b", plain) < 0 &&
                                   strcasecmp_l("ABC", "abc", plain) == 0 &&
                                   strncasecmp_l("ABx", "aby", 2, plain) == 0);
    freelocale(copy);
    freelocale(utf8);
    freelocale(plain);
}

static void names(void)
{
    CHECK("locales.langinfo",
          strcmp(nl_langinfo(DAY_1), "Sunday") == 0 && strcmp(nl_langinfo(ABMON_12), "Dec") == 0 &&
              strcmp(nl_langinfo(RADIXCHAR), ".") == 0 && strcmp(nl_langinfo(THOUSEP), "") == 0 &&
              strcmp(nl_langinfo(YESEXPR), "^[yY]") == 0 &&
              strcmp(nl_langinfo(D_T_FMT), "%a %b %e %H:%M:%S %Y") == 0);
    const struct lconv *conventions = localeconv();
    CHECK("locales.localeconv", strcmp(conventions->decimal_point, ".") == 0 &&
                                    strcmp(conventions->grouping, "") == 0 &&
                                    (unsigned char)conventions->frac_digits == 127);
    CHECK("locales.categories",
          setlocale(LC_CTYPE, "C.UTF-8") && strcmp(setlocale(LC_NUMERIC, NULL), "C") == 0 &&
              strcmp(setlocale(LC_CTYPE, NULL), "C.UTF-8") == 0 && setlocale(LC_ALL, "C"));
    setenv("LC_ALL", "C.UTF-8", 1);
    CHECK("locales.environment",
          setlocale(LC_ALL, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
    unsetenv("LC_ALL");
    setlocale(LC_ALL, "C");
}

static void wide_text(void)
{
    wchar_t out[32];
    wchar_t *rest;
    CHECK("locales.swprintf",
          swprintf(out, 32, L"%ls-%d-%c", L"ab", 7, 'x') == 6 && wcscmp(out, L"ab-7-x") == 0);
    CHECK("locales.swprintf-small", swprintf(out, 3, L"%ls", L"abcdef") < 0);
    int number = 0;
    CHECK("locales.swscanf", swscanf(L"12 word", L"%d %ls", &number, out) == 2 && number == 12 &&
                                 wcscmp(out, L"word") == 0);
    CHECK("locales.wcstod",
          wcstod(L"1.5x", &rest) == 1.5 && *rest == L'x' && wcstoul(L"ff", NULL, 16) == 255);
    static const wchar_t none[] = L"  - 8";
    CHECK("locales.wcstod-none", wcstod(none, &rest) == 0 && rest == none &&
                                     wcstof(none, &rest) == 0 && rest == none &&
                                     wcstold(none, &rest) == 0 && rest == none);
    CHECK("locales.wcstod-forms", wcstod(L" -0x1.8p1]", &rest) == -3 && *rest == L']' &&
                                      wcstof(L"1e99", &rest) == HUGE_VALF && *rest == L'\0' &&
                                      wcstold(L"\tINFinityx", &rest) == HUGE_VALL && *rest == L'x');
    wchar_t text[] = L"a,b";
    wchar_t *state;
    CHECK("locales.wcstok", wcscmp(wcstok(text, L",", &state), L"a") == 0 &&
                                wcscmp(wcstok(NULL, L",", &state), L"b") == 0);
    CHECK("locales.wmem", wmemcmp(L"ab", L"ac", 2) < 0 && wmemchr(L"abc", L'c', 3) &&
                              wcslcpy(out, L"abc", 2) == 3 && wcscmp(out, L"a") == 0);
    setlocale(LC_ALL, "C.UTF-8");
    CHECK("locales.wcwidth", wcwidth(L'a') == 1 && wcwidth(0x4e2d) == 2 && wcwidth(0) == 0 &&
                                 wcwidth(7) == -1 && wcswidth(L"ab", 2) == 2);
    CHECK("locales.wctype", iswctype(L'7', wctype("digit")) && wctype("none") == 0 &&
                                towctrans(L'a', wctrans("toupper")) == L'A');
    FILE *file = tmpfile();
    bool written =
        file && fwide(file, 0) == 0 && fputws(L"\u20acx\n", file) >= 0 && fwide(file, 0) > 0;
    rewind(file);
    CHECK("locales.wide-stream", written && fgetwc(file) == 0x20ac && fgetws(out, 32, file) &&
                                     wcscmp(out, L"x\n") == 0 && fgetwc(file) == WEOF &&
                                     feof(file));
    fclose(file);
    const char *source = "a\xe2\x82\xac";
    mbstate_t conversion = {0};
    CHECK("locales.mbsnrtowcs",
          mbsnrtowcs(out, &source, 4, 32, &conversion) == 2 && out[1] == 0x20ac);
    setlocale(LC_ALL, "C");
}

static void times(void)
{
    struct tm date = {.tm_year = 124, .tm_mon = 1, .tm_mday = 29, .tm_wday = 4, .tm_yday = 59};
    char out[64];
    CHECK("locales.strftime", strftime(out, sizeof(out), "%F %a %b %j %G-W%V %u", &date) > 0 &&
                                  strcmp(out, "2024-02-29 Thu Feb 060 2024-W09 4") == 0);
    struct tm parsed = {0};
    CHECK("locales.strptime", strptime("2024-02-29 13:14:15", "%Y-%m-%d %H:%M:%S", &parsed) &&
                                  parsed.tm_year == 124 && parsed.tm_mon == 1 &&
                                  parsed.tm_mday == 29 && parsed.tm_sec == 15);
}

static void *length_here(void *text)
{
    return (void *)mbstowcs(NULL, text, 0);
}

/* uselocale() is for the thread that calls it alone. */
static void of_thread(void)
{
    char euro[] = "\xe2\x82\xac";
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    CHECK("locales.uselocale-none", uselocale((locale_t)0) == LC_GLOBAL_LOCALE);
    CHECK("locales.uselocale-set",
          uselocale(utf8) == LC_GLOBAL_LOCALE && uselocale((locale_t)0) == utf8 && MB_CUR_MAX >= 4);
    CHECK("locales.uselocale-counts", mbstowcs(NULL, euro, 0) == 1 &&
                                          strcmp(nl_langinfo(CODESET), "UTF-8") == 0 &&
                                          strcmp(setlocale(LC_ALL, NULL), "C") == 0);
    pthread_t other;
    void *length = NULL;
    bool ran =
        pthread_create(&other, NULL, length_here, euro) == 0 && pthread_join(other, &length) == 0;
    CHECK("locales.uselocale-other-thread", ran && (size_t)length != 1);
    CHECK("locales.uselocale-back", uselocale(LC_GLOBAL_LOCALE) == utf8 && MB_CUR_MAX == 1 &&
                                        uselocale((locale_t)0) == LC_GLOBAL_LOCALE);
    freelocale(utf8);
}

static bool parses(const char *text, const char *format, struct tm *tm, const char *rest)
{
    memset(tm, 0, sizeof(*tm));
    const char *end = strptime(text, format, tm);
    return end && strcmp(end, rest) == 0;
}

static bool refuses(const char *text, const char *format)
{
    struct tm tm = {0};
    return !strptime(text, format, &tm);
}

static void parsed_dates(void)
{
    struct tm tm;
    CHECK("locales.strptime-ranges",
          refuses("32", "%d") && refuses("0", "%d") && refuses("24", "%H") && refuses("13", "%I") &&
              refuses("0", "%m") && refuses("61", "%S") && refuses("367", "%j") &&
              refuses("8", "%u") && refuses("7", "%w") && refuses("x", "%Y") && refuses("", "%y"));
    CHECK("locales.strptime-digits", parses("20241231x", "%Y%m%d", &tm, "x") && tm.tm_mday == 31 &&
                                         parses(" 7", "%e", &tm, "") && tm.tm_mday == 7);
    CHECK("locales.strptime-derives", parses("2024-12-31", "%F", &tm, "") && tm.tm_yday == 365 &&
                                          tm.tm_wday == 2 && parses("2024 60", "%Y %j", &tm, "") &&
                                          tm.tm_mon == 1 && tm.tm_mday == 29);
    CHECK("locales.strptime-weeks",
          parses("2024 9 4", "%Y %W %w", &tm, "") && tm.tm_mon == 1 && tm.tm_mday == 29 &&
              parses("2023 1 0", "%Y %U %w", &tm, "") && tm.tm_mon == 0 && tm.tm_mday == 1);
    CHECK("locales.strptime-years", parses("68", "%y", &tm, "") && tm.tm_year == 168 &&
                                        parses("69", "%y", &tm, "") && tm.tm_year == 69 &&
                                        parses("19 07", "%C %y", &tm, "") && tm.tm_year == 7);
    CHECK("locales.strptime-noon", parses("12:30:00 am", "%r", &tm, "") && tm.tm_hour == 0 &&
                                       parses("PM 12", "%p %I", &tm, "") && tm.tm_hour == 12);
    CHECK("locales.strptime-names", parses("sUNDAY, Sep", "%a, %B", &tm, "") && tm.tm_wday == 0 &&
                                        tm.tm_mon == 8 && refuses("Sunda", "%A%%") &&
                                        parses("May1", "%b%d", &tm, "") && tm.tm_mon == 4);
    CHECK("locales.strptime-zone", parses("-0330", "%z", &tm, "") && tm.tm_gmtoff == -12600 &&
                                       parses("+05:30", "%z", &tm, "") && tm.tm_gmtoff == 19800 &&
                                       refuses("+1", "%z") && parses("Z", "%z", &tm, ""));
    CHECK("locales.strptime-epoch", parses("86399", "%s", &tm, "") && tm.tm_hour == 23 &&
                                        refuses("99999999999999999999", "%s"));
    CHECK("locales.strptime-literal",
          parses("a%  b", "a%% b", &tm, "") && refuses("ab", "ac") && refuses("a", "%"));
}

void area_locales(void)
{
    of_thread();
    parsed_dates();
    objects();
    names();
    wide_text();
    times();
}
