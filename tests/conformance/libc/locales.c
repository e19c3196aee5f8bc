// SPDX-License-Identifier: MIT
// Locale objects, the functions that take one, wide characters and streams.
#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
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

void area_locales(void)
{
    objects();
    names();
    wide_text();
    times();
}
