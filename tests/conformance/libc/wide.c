// SPDX-License-Identifier: MIT
// Wide characters: strings, conversions to and from bytes, numbers, dates. POSIX <wchar.h>.
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "harness.h"

#define FACE "\xf0\x9f\x98\x80" /* U+1F600 */
#define EURO "\xe2\x82\xac"

static void copies(void)
{
    wchar_t out[16];
    wmemset(out, L'#', 16);
    CHECK("wide.wcscpy", wcscpy(out, L"abc") == out && wcscmp(out, L"abc") == 0 && out[4] == L'#');
    CHECK("wide.wcscat", wcscat(out, L"de") == out && wcscmp(out, L"abcde") == 0);
    CHECK("wide.wcsncat", wcsncat(out, L"fgh", 2) == out && wcscmp(out, L"abcdefg") == 0);
    wmemset(out, L'#', 16);
    CHECK("wide.wcsncpy", wcsncpy(out, L"ab", 4) == out && wmemcmp(out, L"ab\0\0#", 5) == 0 &&
                              wcsncpy(out, L"xyz", 2) == out && wmemcmp(out, L"xy\0\0#", 5) == 0);
    CHECK("wide.wcpcpy", wcpcpy(out, L"abc") == out + 3 && out[3] == 0);
    wmemset(out, L'#', 16);
    CHECK("wide.wcpncpy", wcpncpy(out, L"ab", 4) == out + 2 && wmemcmp(out, L"ab\0\0#", 5) == 0 &&
                              wcpncpy(out, L"abcdef", 3) == out + 3);
    CHECK("wide.wmemcpy-wmemmove", wmemcpy(out, L"abcdef", 6) == out &&
                                       wmemmove(out + 2, out, 4) == out + 2 &&
                                       wmemcmp(out, L"ababcd", 6) == 0);
    CHECK("wide.wcslcat", wcscpy(out, L"abc") == out && wcslcat(out, L"defg", 6) == 7 &&
                              wcscmp(out, L"abcde") == 0 && wcslcat(out, L"x", 2) == 3);
    wchar_t *copy = wcsdup(L"doubled");
    CHECK("wide.wcsdup", copy && wcscmp(copy, L"doubled") == 0);
    free(copy);
}

static void searches(void)
{
    static const wchar_t text[] = L"abcabc";
    CHECK("wide.wcschr",
          wcschr(text, L'b') == text + 1 && wcschr(text, 0) == text + 6 && !wcschr(text, L'x'));
    CHECK("wide.wcsrchr",
          wcsrchr(text, L'b') == text + 4 && wcsrchr(text, 0) == text + 6 && !wcsrchr(text, L'x'));
    CHECK("wide.wcspbrk",
          wcspbrk(text, L"xc") == text + 2 && !wcspbrk(text, L"xyz") && !wcspbrk(text, L""));
    CHECK("wide.wcsspn", wcsspn(text, L"ba") == 2 && wcsspn(text, L"") == 0 &&
                             wcscspn(text, L"xc") == 2 && wcscspn(text, L"") == 6);
    CHECK("wide.wcsstr",
          wcsstr(text, L"ca") == text + 2 && wcsstr(text, L"") == text && !wcsstr(text, L"cb"));
    CHECK("wide.wcsnlen", wcsnlen(text, 3) == 3 && wcsnlen(text, 99) == 6 && wcsnlen(text, 0) == 0);
    CHECK("wide.wcsncmp", wcsncmp(text, L"abd", 2) == 0 && wcsncmp(text, L"abd", 3) < 0 &&
                              wcsncmp(text, L"", 0) == 0);
    CHECK("wide.wcscasecmp", wcscasecmp(L"AbC", L"aBc") == 0 && wcscasecmp(L"ab", L"ABC") < 0 &&
                                 wcsncasecmp(L"ABx", L"aby", 2) == 0 &&
                                 wcsncasecmp(L"ABx", L"aby", 3) < 0);
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    wchar_t key[8];
    CHECK("wide.wcscasecmp_l",
          wcscasecmp_l(L"AbC", L"aBc", plain) == 0 && wcsncasecmp_l(L"ABx", L"aby", 2, plain) == 0);
    CHECK("wide.wcscoll", wcscoll(L"a", L"b") < 0 && wcscoll(L"b", L"a") > 0 &&
                              wcscoll(L"", L"") == 0 && wcscoll_l(L"a", L"b", plain) < 0);
    CHECK("wide.wcsxfrm", wcsxfrm(NULL, L"abc", 0) == 3 && wcsxfrm(key, L"abc", 8) == 3 &&
                              wcscmp(key, L"abc") == 0 && wcsxfrm_l(key, L"xy", 8, plain) == 2);
    freelocale(plain);
}

static void numbers(void)
{
    wchar_t *end;
    errno = 0;
    CHECK("wide.wcstoll", wcstoll(L" -0x7fz", &end, 16) == -127 && *end == L'z' &&
                              wcstoll(L"777", NULL, 8) == 511 && errno == 0);
    CHECK("wide.wcstoll-range",
          wcstoll(L"9223372036854775808", &end, 10) == LLONG_MAX && errno == ERANGE && *end == 0);
    errno = 0;
    CHECK("wide.wcstoll-range-low",
          wcstoll(L"-9223372036854775809", NULL, 10) == LLONG_MIN && errno == ERANGE);
    errno = 0;
    CHECK("wide.wcstoull", wcstoull(L"18446744073709551615", NULL, 10) == ULLONG_MAX &&
                               wcstoull(L"-1", NULL, 10) == ULLONG_MAX && errno == 0 &&
                               wcstoull(L"18446744073709551616", NULL, 10) == ULLONG_MAX &&
                               errno == ERANGE);
    const wchar_t *nothing = L"  x";
    CHECK("wide.wcstoll-nothing", wcstoll(nothing, &end, 10) == 0 && end == nothing);
    errno = 0;
    CHECK("wide.wcstoll-base", wcstoll(L"1", NULL, 37) == 0 && errno == EINVAL);
    errno = 0;
    CHECK("wide.wcstoimax",
          wcstoimax(L"-9223372036854775808", NULL, 0) == INTMAX_MIN && errno == 0 &&
              wcstoumax(L"0xffffffffffffffff", NULL, 0) == UINTMAX_MAX && errno == 0);
    struct tm date = {.tm_year = 124, .tm_mon = 1, .tm_mday = 29, .tm_wday = 4, .tm_yday = 59};
    wchar_t out[32];
    CHECK("wide.wcsftime", wcsftime(out, 32, L"%F %a \u20ac%j", &date) == 19 &&
                               wcscmp(out, L"2024-02-29 Thu \u20ac060") == 0 &&
                               wcsftime(out, 10, L"%F", &date) == 0);
}

static void single(void)
{
    mbstate_t state = {0};
    char out[MB_LEN_MAX];
    wchar_t wide = 0;
    CHECK("wide.btowc", btowc('a') == L'a' && btowc(EOF) == WEOF && btowc(0xe2) == WEOF);
    CHECK("wide.wctob", wctob(L'a') == 'a' && wctob(0x20ac) == EOF && wctob(WEOF) == EOF);
    CHECK("wide.mbrlen", mbrlen(EURO, 3, &state) == 3 && mbrlen(EURO, 2, &state) == (size_t)-2 &&
                             !mbsinit(&state) && mbrlen(&EURO[2], 1, &state) == 1 &&
                             mbsinit(&state) && mbrlen("", 1, &state) == 0);
    CHECK("wide.mbrtowc", mbrtowc(&wide, FACE, 4, &state) == 4 && wide == 0x1f600 &&
                              mbrtowc(NULL, NULL, 0, &state) == 0 &&
                              mbrtowc(&wide, "x", 0, &state) == (size_t)-2);
    errno = 0;
    CHECK("wide.mbrtowc-invalid",
          mbrtowc(&wide, "\xe2(", 2, &state) == (size_t)-1 && errno == EILSEQ);
    memset(&state, 0, sizeof(state));
    CHECK("wide.wcrtomb", wcrtomb(out, 0x20ac, &state) == 3 && !memcmp(out, EURO, 3) &&
                              wcrtomb(out, 0, &state) == 1 && out[0] == 0 &&
                              wcrtomb(NULL, L'x', &state) == 1);
    errno = 0;
    CHECK("wide.wcrtomb-invalid", wcrtomb(out, 0xd800, &state) == (size_t)-1 && errno == EILSEQ);
    errno = 0;
    CHECK("wide.wcrtomb-beyond", wcrtomb(out, 0x110000, &state) == (size_t)-1 && errno == EILSEQ);
    CHECK("wide.mblen",
          mblen(NULL, 0) == 0 && mblen(EURO, 3) == 3 && mblen("", 1) == 0 && mblen(EURO, 2) == -1);
    CHECK("wide.mblen-reset", mblen(NULL, 0) == 0 && mblen("a", 1) == 1);
    CHECK("wide.mbtowc", mbtowc(NULL, NULL, 0) == 0 && mbtowc(&wide, EURO, 3) == 3 &&
                             wide == 0x20ac && mbtowc(&wide, "", 1) == 0 && wide == 0 &&
                             mbtowc(&wide, "\xff", 1) == -1);
    CHECK("wide.wctomb", wctomb(NULL, 0) == 0 && wctomb(out, 0x1f600) == 4 &&
                             !memcmp(out, FACE, 4) && wctomb(out, 0) == 1 &&
                             wctomb(out, (wchar_t)0x7fffffff) == -1);
}

static void whole(void)
{
    mbstate_t state = {0};
    wchar_t wide[8];
    char bytes[16];
    const char *from = "a" EURO "b";
    CHECK("wide.mbsrtowcs-count", mbsrtowcs(NULL, &from, 0, &state) == 3 && *from == 'a');
    CHECK("wide.mbsrtowcs-part",
          mbsrtowcs(wide, &from, 2, &state) == 2 && wide[1] == 0x20ac && from && *from == 'b');
    CHECK("wide.mbsrtowcs-end",
          mbsrtowcs(wide, &from, 8, &state) == 1 && !from && wcscmp(wide, L"b") == 0);
    from = "x\xff";
    errno = 0;
    CHECK("wide.mbsrtowcs-invalid",
          mbsrtowcs(wide, &from, 8, &state) == (size_t)-1 && errno == EILSEQ && *from == '\xff');
    memset(&state, 0, sizeof(state));
    const wchar_t *source = L"a\u20acb";
    CHECK("wide.wcsrtombs-count", wcsrtombs(NULL, &source, 0, &state) == 5 && *source == L'a');
    CHECK("wide.wcsrtombs-no-half",
          wcsrtombs(bytes, &source, 3, &state) == 1 && *source == 0x20ac && bytes[0] == 'a');
    CHECK("wide.wcsrtombs-end",
          wcsrtombs(bytes, &source, 16, &state) == 4 && !source && strcmp(bytes, EURO "b") == 0);
    source = L"a\u20acb";
    CHECK("wide.wcsnrtombs", wcsnrtombs(bytes, &source, 2, 16, &state) == 4 && *source == L'b' &&
                                 memcmp(bytes, "a" EURO, 4) == 0 &&
                                 wcsnrtombs(NULL, &source, 9, 0, &state) == 1 && *source == L'b');
    wchar_t bad[] = {L'a', 0xd800, 0};
    source = bad;
    errno = 0;
    CHECK("wide.wcsrtombs-invalid", wcsrtombs(bytes, &source, 16, &state) == (size_t)-1 &&
                                        errno == EILSEQ && source == bad + 1);
    CHECK("wide.mbstowcs", mbstowcs(wide, EURO "b", 8) == 2 && wide[0] == 0x20ac &&
                               mbstowcs(NULL, EURO, 0) == 1 &&
                               mbstowcs(wide, "\xff", 8) == (size_t)-1);
    CHECK("wide.wcstombs", wcstombs(bytes, L"\u20acb", 16) == 4 && !strcmp(bytes, EURO "b") &&
                               wcstombs(NULL, L"\u20ac", 0) == 3 &&
                               wcstombs(bytes, L"\u20ac", 2) == 0);
}

/* The C locale: 8-bit bytes, each a character of its own. */
static void c_locale(void)
{
    mbstate_t state = {0};
    wchar_t wide = 0;
    char out[MB_LEN_MAX];
    bool all = MB_CUR_MAX == 1;
    for (int i = 1; i < 128; i++) {
        char byte = (char)i;
        all = all && mbrtowc(&wide, &byte, 1, &state) == 1 && wide == i &&
              wcrtomb(out, wide, &state) == 1 && out[0] == byte && btowc(i) == (wint_t)i &&
              wctob((wint_t)i) == i;
    }
    CHECK("wide.c-locale", all);
    bool back = true; // POSIX.1-2024: every byte is a character there
    for (int i = 128; i < 256; i++) {
        char byte = (char)i;
        back = back && mbrtowc(&wide, &byte, 1, &state) == 1 && wcrtomb(out, wide, &state) == 1 &&
               out[0] == byte;
    }
    CHECK("wide.c-locale-bytes", back);
    errno = 0;
    memset(&state, 0, sizeof(state));
    CHECK("wide.c-locale-lacking", wcrtomb(out, 0x20ac, &state) == (size_t)-1 && errno == EILSEQ);
}

void area_wide(void)
{
    copies();
    searches();
    c_locale();
    if (CHECK("wide.locale", setlocale(LC_ALL, "C.UTF-8") != NULL)) {
        numbers();
        single();
        whole();
    }
    setlocale(LC_ALL, "C");
}
