// SPDX-License-Identifier: MIT
// Messages in the language of the program's author.
#include <errno.h>
#include <libintl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../private/fork.h"
#include "../private/lock.h"

struct coco_lock __coco_gettext_lock;
static char domain[TEXTDOMAIN_MAX + 1] = "messages";

static char *same(const char *text)
{
    return (char *)(uintptr_t)text;
}

char *gettext(const char *text)
{
    return same(text);
}

char *dgettext(const char *in, const char *text)
{
    (void)in;
    return same(text);
}

char *dcgettext(const char *in, const char *text, int category)
{
    (void)in;
    (void)category;
    return same(text);
}

char *ngettext(const char *one, const char *many, unsigned long count)
{
    return same(count == 1 ? one : many);
}

char *dngettext(const char *in, const char *one, const char *many, unsigned long count)
{
    (void)in;
    return ngettext(one, many, count);
}

char *dcngettext(const char *in, const char *one, const char *many, unsigned long count,
                 int category)
{
    (void)in;
    (void)category;
    return ngettext(one, many, count);
}

char *gettext_l(const char *text, locale_t locale)
{
    (void)locale;
    return same(text);
}

char *dgettext_l(const char *in, const char *text, locale_t locale)
{
    (void)in;
    (void)locale;
    return same(text);
}

char *dcgettext_l(const char *in, const char *text, int category, locale_t locale)
{
    (void)in;
    (void)category;
    (void)locale;
    return same(text);
}

char *ngettext_l(const char *one, const char *many, unsigned long count, locale_t locale)
{
    (void)locale;
    return ngettext(one, many, count);
}

char *dngettext_l(const char *in, const char *one, const char *many, unsigned long count,
                  locale_t locale)
{
    (void)in;
    (void)locale;
    return ngettext(one, many, count);
}

char *dcngettext_l(const char *in, const char *one, const char *many, unsigned long count,
                   int category, locale_t locale)
{
    (void)in;
    (void)category;
    (void)locale;
    return ngettext(one, many, count);
}

char *textdomain(const char *name)
{
    if (!name) {
        return domain;
    }
    if (strlen(name) > TEXTDOMAIN_MAX) {
        errno = EINVAL;
        return NULL;
    }
    __coco_lock(&__coco_gettext_lock);
    strcpy(domain, *name != '\0' ? name : "messages");
    __coco_unlock(&__coco_gettext_lock);
    return domain;
}

char *bindtextdomain(const char *name, const char *folder)
{
    return name && *name != '\0' ? same(folder) : NULL;
}

char *bind_textdomain_codeset(const char *name, const char *codeset)
{
    return name && *name != '\0' ? same(codeset) : NULL;
}
