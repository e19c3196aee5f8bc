// SPDX-License-Identifier: MIT
// Characters of 8, 16 and 32 bits: C11 7.28, C23 7.30.
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>

#include "harness.h"

#define FACE "\xf0\x9f\x98\x80" /* U+1F600 */
#define EURO "\xe2\x82\xac"

static bool is_invalid(size_t result)
{
    bool invalid = result == (size_t)-1 && errno == EILSEQ;
    errno = 0;
    return invalid;
}

static void wide_units(void)
{
    mbstate_t state = {0};
    char32_t c32 = 0;
    char out[MB_LEN_MAX];
    CHECK("characters.to-32", mbrtoc32(&c32, FACE, 4, &state) == 4 && c32 == 0x1f600 &&
                                  mbrtoc32(&c32, "", 1, &state) == 0 && c32 == 0);
    CHECK("characters.to-32-in-pieces", mbrtoc32(&c32, FACE, 2, &state) == (size_t)-2 &&
                                            mbrtoc32(&c32, &FACE[2], 2, &state) == 2 &&
                                            c32 == 0x1f600);
    CHECK("characters.to-32-invalid", is_invalid(mbrtoc32(&c32, "\xff", 1, &state)));
    memset(&state, 0, sizeof(state));
    CHECK("characters.from-32", c32rtomb(out, 0x20ac, &state) == 3 && !memcmp(out, EURO, 3) &&
                                    c32rtomb(NULL, 'x', &state) == 1);
}

static void half_units(void)
{
    mbstate_t state = {0};
    char16_t unit = 0;
    char out[MB_LEN_MAX];
    CHECK("characters.to-16",
          mbrtoc16(&unit, EURO, 3, &state) == 3 && unit == 0x20ac && mbsinit(&state));
    CHECK("characters.to-16-pair",
          mbrtoc16(&unit, FACE "x", 5, &state) == 4 && unit == 0xd83d && !mbsinit(&state) &&
              mbrtoc16(&unit, "x", 1, &state) == (size_t)-3 && unit == 0xde00 && mbsinit(&state) &&
              mbrtoc16(&unit, "x", 1, &state) == 1 && unit == 'x');
    CHECK("characters.from-16", c16rtomb(out, 0x20ac, &state) == 3 && !memcmp(out, EURO, 3));
    CHECK("characters.from-16-pair", c16rtomb(out, 0xd83d, &state) == 0 && !mbsinit(&state) &&
                                         c16rtomb(out, 0xde00, &state) == 4 &&
                                         !memcmp(out, FACE, 4) && mbsinit(&state));
    CHECK("characters.from-16-alone", is_invalid(c16rtomb(out, 0xde00, &state)));
    CHECK("characters.from-16-unpaired",
          c16rtomb(out, 0xd83d, &state) == 0 && is_invalid(c16rtomb(out, 'x', &state)));
}

static size_t encode(const char *units, char *out, mbstate_t *state)
{
    size_t result = 0;
    memset(state, 0, sizeof(*state));
    for (; *units != '\0' && result != (size_t)-1; units++) {
        result = c8rtomb(out, (char8_t)*units, state);
    }
    return result;
}

static void byte_units(void)
{
    static const char *const bad[] = {"\x80",     "\xc0\x80", "\xe0\x80",  "\xed\xa0",
                                      "\xf4\x90", "\xf5",     "\xe2\x82x", "\xff"};
    mbstate_t state = {0};
    char8_t unit = 0;
    char out[MB_LEN_MAX];
    size_t first = mbrtoc8(&unit, FACE, 4, &state);
    bool good = first == 4 && unit == 0xf0;
    for (int i = 1; i < 4; i++) {
        good =
            good && mbrtoc8(&unit, "x", 1, &state) == (size_t)-3 && unit == (unsigned char)FACE[i];
    }
    CHECK("characters.to-8", good && mbsinit(&state));
    CHECK("characters.from-8", encode(FACE, out, &state) == 4 && !memcmp(out, FACE, 4) &&
                                   encode(EURO, out, &state) == 3 && !memcmp(out, EURO, 3) &&
                                   encode("a", out, &state) == 1 && out[0] == 'a');
    bool refused = true;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        refused = refused && is_invalid(encode(bad[i], out, &state));
    }
    CHECK("characters.from-8-invalid", refused);
}

// wint_t holds every wide character and WEOF besides, and its limits are those of its type.
static void limits(void)
{
    bool is_signed = (wint_t)-1 < 0;
    int bits = (int)sizeof(wint_t) * CHAR_BIT - is_signed;
    uintmax_t largest = UINTMAX_MAX >> (sizeof(uintmax_t) * CHAR_BIT - (size_t)bits);
    CHECK("characters.wint-max", (uintmax_t)WINT_MAX == largest);
    CHECK("characters.wint-min",
          is_signed ? (intmax_t)WINT_MIN == -(intmax_t)largest - 1 : WINT_MIN == 0);
}

void area_characters(void)
{
    limits();
    if (CHECK("characters.locale", setlocale(LC_ALL, "C.UTF-8") != NULL)) {
        wide_units();
        half_units();
        byte_units();
    }
    setlocale(LC_ALL, "C");
}
