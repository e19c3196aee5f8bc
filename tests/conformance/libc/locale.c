// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "harness.h"

#define EURO "\xe2\x82\xac"    /* U+20AC */
#define NUT "\xf0\x9f\xa5\xa5" /* U+1F965 */

static void utf8(void)
{
    wchar_t wide[16];
    char narrow[32];
    CHECK("locale.utf8-decode",
          mbstowcs(wide, "a" EURO NUT, 16) == 3 && wide[1] == 0x20ac && wide[2] == 0x1f965);
    CHECK("locale.utf8-encode",
          wcstombs(narrow, wide, sizeof(narrow)) == 8 && strcmp(narrow, "a" EURO NUT) == 0);
    errno = 0;
    CHECK("locale.utf8-invalid", mbstowcs(wide, "\xc3(", 16) == (size_t)-1 && errno == EILSEQ);
    static const char euro[] = EURO;
    mbstate_t state = {0};
    wchar_t c;
    CHECK("locale.utf8-in-pieces", mbrtowc(&c, euro, 1, &state) == (size_t)-2 &&
                                       mbrtowc(&c, &euro[1], 2, &state) == 2 && c == 0x20ac);
    CHECK("locale.mb-cur-max", MB_CUR_MAX >= 4);
    CHECK("locale.codeset", strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
    CHECK("locale.wide-ctype", iswalpha(0xe9) && towupper(0xe9) == 0xc9 && !iswalpha(0x20ac));
    CHECK("locale.wide-strings", wcslen(L"abc") == 3 &&
                                     wcscmp(wcsstr(L"abcd", L"bc"), L"bcd") == 0 &&
                                     wcstol(L"-12", NULL, 10) == -12);
}

void area_locale(void)
{
    CHECK("locale.starts-as-c", strcmp(setlocale(LC_ALL, NULL), "C") == 0);
    CHECK("locale.ctype",
          isalpha('a') && !isalpha('1') && toupper('a') == 'A' && isspace('\t') && isxdigit('f'));
    CHECK("locale.decimal-point", strcmp(localeconv()->decimal_point, ".") == 0);
    CHECK("locale.unknown", setlocale(LC_ALL, "xx_XX.NONE") == NULL);
    if (CHECK("locale.c-utf8", setlocale(LC_ALL, "C.UTF-8") != NULL)) {
        utf8();
    }
    CHECK("locale.back-to-c", setlocale(LC_ALL, "C") != NULL);
}
