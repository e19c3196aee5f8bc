// SPDX-License-Identifier: MIT
// uselocale(). newlib's answers and sets nothing in this configuration; see newlib/localefix.h.
#include <locale.h>

#include <sys/reent.h>

locale_t uselocale(locale_t locale)
{
    locale_t before = _REENT_LOCALE(_REENT);
    if (locale == LC_GLOBAL_LOCALE) {
        _REENT_LOCALE(_REENT) = (locale_t)0;
    } else if (locale) {
        _REENT_LOCALE(_REENT) = locale;
    }
    return before ? before : LC_GLOBAL_LOCALE;
}
