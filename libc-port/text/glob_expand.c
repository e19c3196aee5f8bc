// SPDX-License-Identifier: MIT
#include "glob_expand.h"

#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ALTERNATIVES_MAX 65536 // {a,b}{a,b}... doubles with each pair

struct expansion {
    __coco_glob_visit visit;
    void *context;
    int flags;
    unsigned left;
};

// What stands behind one character of a pattern, an escaped one with its `\`.
static const char *next(const char *at, int flags)
{
    return at + (*at == '\\' && at[1] != '\0' && !(flags & GLOB_NOESCAPE) ? 2 : 1);
}

// The first `{` with a partner, which `close` gets; NULL without one.
static const char *find_pair(const char *pattern, int flags, const char **close)
{
    for (const char *open = pattern; *open != '\0'; open = next(open, flags)) {
        if (*open != '{' || open[1] == '}') {
            continue;
        }
        int depth = 0;
        for (const char *at = open; *at != '\0'; at = next(at, flags)) {
            depth += (*at == '{') - (*at == '}');
            if (depth == 0) {
                *close = at;
                return open;
            }
        }
    }
    return NULL;
}

static int expand(struct expansion *all, const char *pattern);

static int expand_one(struct expansion *all, const char *pattern, const char *open,
                      const char *part, size_t length, const char *rest)
{
    size_t before = (size_t)(open - pattern);
    size_t after = strlen(rest);
    char *text = malloc(before + length + after + 1);
    if (!text) {
        return GLOB_NOSPACE;
    }
    memcpy(text, pattern, before);
    memcpy(text + before, part, length);
    memcpy(text + before + length, rest, after + 1);
    int result = expand(all, text);
    free(text);
    return result;
}

static int expand(struct expansion *all, const char *pattern)
{
    const char *close;
    const char *open = find_pair(pattern, all->flags, &close);
    if (!open) {
        return all->left-- == 0 ? GLOB_NOSPACE : all->visit(all->context, pattern);
    }
    const char *part = open + 1;
    int depth = 0;
    for (const char *at = part;; at = next(at, all->flags)) {
        if (at == close || (depth == 0 && *at == ',')) {
            int result = expand_one(all, pattern, open, part, (size_t)(at - part), close + 1);
            if (result != 0 || at == close) {
                return result;
            }
            part = at + 1;
        }
        depth += (*at == '{') - (*at == '}');
    }
}

int __coco_glob_braces(const char *pattern, int flags, __coco_glob_visit visit, void *context)
{
    struct expansion all = {visit, context, flags, ALTERNATIVES_MAX};
    return expand(&all, pattern);
}

static const char *home_of(const char *name)
{
    if (*name == '\0') {
        const char *home = getenv("HOME");
        if (home && *home != '\0') {
            return home;
        }
        name = "root";
    }
    const struct passwd *user = getpwnam(name);
    return user ? user->pw_dir : NULL;
}

char *__coco_glob_tilde(const char *pattern)
{
    if (*pattern != '~') {
        return strdup(pattern);
    }
    size_t length = strcspn(pattern + 1, "/");
    char *name = strndup(pattern + 1, length);
    if (!name) {
        return NULL;
    }
    const char *home = home_of(name);
    free(name);
    if (!home) {
        return strdup(pattern);
    }
    const char *rest = pattern + 1 + length;
    size_t size = strlen(home) + strlen(rest) + 1;
    char *out = malloc(size);
    if (out) {
        strlcpy(out, home, size);
        strlcat(out, rest, size);
    }
    return out;
}
