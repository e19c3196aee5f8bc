// SPDX-License-Identifier: MIT
// Translations: there are none in the C and C.UTF-8 locales, so each message is its own.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

struct __locale_t;
#ifndef _LOCALE_T_DECLARED
#define _LOCALE_T_DECLARED
typedef struct __locale_t *locale_t;
#endif

#define TEXTDOMAIN_MAX 255

char *gettext(const char *__text) __attribute__((format_arg(1)));
char *dgettext(const char *__domain, const char *__text) __attribute__((format_arg(2)));
char *dcgettext(const char *__domain, const char *__text, int __category)
    __attribute__((format_arg(2)));
char *ngettext(const char *__one, const char *__many, unsigned long __count)
    __attribute__((format_arg(1))) __attribute__((format_arg(2)));
char *dngettext(const char *__domain, const char *__one, const char *__many, unsigned long __count)
    __attribute__((format_arg(2))) __attribute__((format_arg(3)));
char *dcngettext(const char *__domain, const char *__one, const char *__many, unsigned long __count,
                 int __category) __attribute__((format_arg(2))) __attribute__((format_arg(3)));
char *gettext_l(const char *__text, locale_t __locale) __attribute__((format_arg(1)));
char *dgettext_l(const char *__domain, const char *__text, locale_t __locale)
    __attribute__((format_arg(2)));
char *dcgettext_l(const char *__domain, const char *__text, int __category, locale_t __locale)
    __attribute__((format_arg(2)));
char *ngettext_l(const char *__one, const char *__many, unsigned long __count, locale_t __locale)
    __attribute__((format_arg(1))) __attribute__((format_arg(2)));
char *dngettext_l(const char *__domain, const char *__one, const char *__many,
                  unsigned long __count, locale_t __locale) __attribute__((format_arg(2)))
__attribute__((format_arg(3)));
char *dcngettext_l(const char *__domain, const char *__one, const char *__many,
                   unsigned long __count, int __category, locale_t __locale)
    __attribute__((format_arg(2))) __attribute__((format_arg(3)));

/// The current domain after setting it; NULL asks, "" is "messages". NULL with errno if it is too
/// long.
char *textdomain(const char *__domain);
/// What a domain is bound to, after binding it; NULL asks. No one reads it: there are no
/// catalogues. NULL with errno if there is no memory; also an empty domain's, and a codeset that
/// was not given. The text is valid until the domain is bound to another.
char *bindtextdomain(const char *__domain, const char *__folder);
char *bind_textdomain_codeset(const char *__domain, const char *__codeset);

#ifdef __cplusplus
}
#endif
