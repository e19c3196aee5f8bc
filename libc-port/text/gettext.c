// SPDX-License-Identifier: MIT
// Messages in the language of the program's author.
#include <errno.h>
#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
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

/* What was said of a domain; they are few, and stay. */
struct binding {
    struct binding *next;
    char *folder;  // or NULL
    char *codeset; // or NULL
    char name[];
};

static struct binding *bindings;

static struct binding *binding_of(const char *name, bool make)
{
    struct binding *binding = bindings;
    while (binding && strcmp(binding->name, name) != 0) {
        binding = binding->next;
    }
    if (!binding && make) {
        size_t size = strlen(name) + 1;
        binding = calloc(1, sizeof(*binding) + size);
        if (binding) {
            memcpy(binding->name, name, size);
            binding->next = bindings;
            bindings = binding;
        }
    }
    return binding;
}

/* Keep a copy of `value` in a place of the domain's, at `offset`, or only ask if it is NULL. */
static char *bind(const char *name, size_t offset, const char *value, const char *otherwise)
{
    if (!name || *name == '\0') {
        return NULL;
    }
    char *copy = value ? strdup(value) : NULL;
    if (value && !copy) {
        return NULL;
    }
    __coco_lock(&__coco_gettext_lock);
    struct binding *binding = binding_of(name, value != NULL);
    char **place = binding ? (char **)(void *)((char *)binding + offset) : NULL;
    char *unused = copy;
    if (place && copy) {
        unused = *place;
        *place = copy;
    }
    char *result = place && *place ? *place : value ? NULL : same(otherwise);
    __coco_unlock(&__coco_gettext_lock);
    free(unused);
    return result;
}

char *bindtextdomain(const char *name, const char *folder)
{
    return bind(name, offsetof(struct binding, folder), folder, "/usr/share/locale");
}

char *bind_textdomain_codeset(const char *name, const char *codeset)
{
    return bind(name, offsetof(struct binding, codeset), codeset, NULL);
}
