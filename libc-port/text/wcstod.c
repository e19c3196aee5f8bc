// SPDX-License-Identifier: MIT
// Numbers from wide text. In place of newlib's, which for a text without a number gives the place
// behind its blanks, not its begin, as the end.
#include <errno.h>
#include <locale.h>
#include <reent.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define MOST_ON_STACK 128u // characters of a number that needs no memory of its own

// What can stand in a number, names of infinities and not-numbers included.
static int is_part(wchar_t c)
{
    return (c >= L'0' && c <= L'9') || (c >= L'a' && c <= L'z') || (c >= L'A' && c <= L'Z') ||
           (c != L'\0' && wcschr(L"+-.()_", c) != NULL);
}

// The characters of a number as a string: in `small`, or allocated. NULL: there is no memory.
static char *narrow(const wchar_t *number, char small[MOST_ON_STACK])
{
    size_t len = 0;
    while (is_part(number[len])) {
        len++;
    }
    char *text = len < MOST_ON_STACK ? small : malloc(len + 1);
    if (text) {
        for (size_t i = 0; i < len; i++) {
            text[i] = (char)number[i];
        }
        text[len] = '\0';
    }
    return text;
}

static void release(char *text, const char *small)
{
    if (text != small) {
        int saved_errno = errno;
        free(text);
        errno = saved_errno;
    }
}

static const wchar_t *behind_blanks(const wchar_t *text)
{
    while (iswspace((wint_t)*text)) {
        text++;
    }
    return text;
}

#define DEFINE(type, name, of_string)                                                              \
    type name##_l(const wchar_t *text, wchar_t **end, locale_t locale)                             \
    {                                                                                              \
        char small[MOST_ON_STACK];                                                                 \
        const wchar_t *number = behind_blanks(text);                                               \
        char *string = narrow(number, small);                                                      \
        char *rest = string;                                                                       \
        type value = string ? of_string(string, &rest, locale) : 0;                                \
        if (end) {                                                                                 \
            *end = (wchar_t *)(rest == string ? text : number + (rest - string));                  \
        }                                                                                          \
        release(string, small);                                                                    \
        return value;                                                                              \
    }

DEFINE(double, wcstod, strtod_l)
DEFINE(float, wcstof, strtof_l)
DEFINE(long double, wcstold, strtold_l)

double wcstod(const wchar_t *restrict text, wchar_t **restrict end)
{
    return wcstod_l(text, end, LC_GLOBAL_LOCALE);
}

float wcstof(const wchar_t *restrict text, wchar_t **restrict end)
{
    return wcstof_l(text, end, LC_GLOBAL_LOCALE);
}

long double wcstold(const wchar_t *text, wchar_t **end)
{
    return wcstold_l(text, end, LC_GLOBAL_LOCALE);
}

// What newlib's own functions call.
double _wcstod_r(struct _reent *reent, const wchar_t *text, wchar_t **end)
{
    (void)reent;
    return wcstod(text, end);
}

float _wcstof_r(struct _reent *reent, const wchar_t *text, wchar_t **end)
{
    (void)reent;
    return wcstof(text, end);
}
