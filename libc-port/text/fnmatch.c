// SPDX-License-Identifier: MIT
// Patterns of names, by characters of the locale; a byte that begins none is one of its own.
// newlib's lacks character classes, and goes by bytes.
#include <ctype.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define CLASS_MAX 16 /* longest name of a class with its NUL */

static bool has_wide_characters(void)
{
    return MB_CUR_MAX > 1;
}

// The character at `at`; a byte that is none is a negative number. Returns its length, 0 at the
// end.
static size_t get(const char *at, int *c)
{
    unsigned char byte = (unsigned char)*at;
    *c = byte;
    if (byte < 0x80 || !has_wide_characters()) {
        return byte != '\0';
    }
    wchar_t wide;
    size_t len = mbrtowc(&wide, at, strnlen(at, (size_t)MB_CUR_MAX), &(mbstate_t){0});
    if (len == (size_t)-1 || len == (size_t)-2) {
        *c = byte - 0x100;
        return 1;
    }
    *c = (int)wide;
    return len;
}

static int fold(int c, int flags)
{
#ifdef FNM_CASEFOLD
    if ((flags & FNM_CASEFOLD) && c >= 0) {
        return has_wide_characters() ? (int)towlower((wint_t)c) : tolower(c);
    }
#else
    (void)flags;
#endif
    return c;
}

// "[:name:]" at `at`, which points behind "[:". Returns what follows it, or NULL if it is none.
static const char *named_class(const char *at, int c, bool *in)
{
    const char *end = strstr(at, ":]");
    char name[CLASS_MAX];
    if (!end || (size_t)(end - at) >= sizeof(name)) {
        return NULL;
    }
    memcpy(name, at, (size_t)(end - at));
    name[end - at] = '\0';
    wctype_t type = wctype(name);
    if (!type) {
        return NULL;
    }
    *in = *in || (c >= 0 && iswctype((wint_t)c, type));
    return end + 2;
}

static bool ends_part(int c, int flags)
{
    return c == '/' && (flags & FNM_PATHNAME);
}

// One end of a range. Returns what follows, or NULL at the end of the pattern, or of a part of a
// path: a bracket expression does not reach beyond that.
static const char *range_end(const char *at, int flags, int *out)
{
    if (at[0] == '[' && (at[1] == '.' || at[1] == '=') && at[2] != '\0') {
        const char *behind = at + 2 + get(at + 2, out);
        if (behind[0] == at[1] && behind[1] == ']') { // a collating symbol of one character
            return ends_part(*out, flags) ? NULL : behind + 2;
        }
    }
    if (*at == '\\' && !(flags & FNM_NOESCAPE)) {
        at++;
    }
    size_t len = get(at, out);
    return len > 0 && !ends_part(*out, flags) ? at + len : NULL;
}

// A bracket expression behind its '['. Returns what follows it, or NULL if it does not end.
static const char *bracket(const char *at, int c, int flags, bool *in)
{
    bool negated = *at == '!' || *at == '^';
    *in = false;
    at += negated;
    for (bool first = true; first || *at != ']'; first = false) {
        const char *behind = at[0] == '[' && at[1] == ':' ? named_class(at + 2, c, in) : NULL;
        if (behind) {
            at = behind;
            continue;
        }
        int low;
        int high;
        at = range_end(at, flags, &low);
        high = low;
        if (at && at[0] == '-' && at[1] != ']' && at[1] != '\0') {
            at = range_end(at + 1, flags, &high);
        }
        if (!at) {
            return NULL;
        }
        *in = *in || (fold(low, flags) <= fold(c, flags) && fold(c, flags) <= fold(high, flags));
        if (*at == '\0') {
            return NULL;
        }
    }
    *in = *in != negated;
    return at + 1;
}

// Whether the text's character is a '.' that only a '.' of the pattern may match.
static bool is_leading_dot(const char *start, const char *at, int flags)
{
    return (flags & FNM_PERIOD) && *at == '.' &&
           (at == start || ((flags & FNM_PATHNAME) && at[-1] == '/'));
}

// One element of the pattern that is no '*' against one character. Returns what follows the
// element, or NULL if it does not match.
static const char *match_one(const char *pattern, const char *start, const char *text, int flags)
{
    int c;
    (void)get(text, &c);
    bool special = !ends_part(c, flags) && !is_leading_dot(start, text, flags);
    bool in = false;
    if (*pattern == '?') {
        return special ? pattern + 1 : NULL;
    }
    if (*pattern == '[') {
        const char *behind = bracket(pattern + 1, c, flags, &in);
        if (behind) {
            return in && special ? behind : NULL;
        } // otherwise an ordinary '['
    }
    if (*pattern == '\\' && !(flags & FNM_NOESCAPE) && pattern[1] != '\0') {
        pattern++;
    }
    int wanted;
    size_t len = get(pattern, &wanted);
    return fold(wanted, flags) == fold(c, flags) ? pattern + len : NULL;
}

int fnmatch(const char *pattern, const char *start, int flags)
{
    const char *text = start;
    const char *star = NULL;  // behind the last '*': what has to match after it
    const char *tried = NULL; // where that was tried last
    while (*text != '\0' || *pattern != '\0') {
        if (*pattern == '*' && !is_leading_dot(start, text, flags)) {
            star = ++pattern;
            tried = text;
            continue;
        }
#ifdef FNM_LEADING_DIR
        if ((flags & FNM_LEADING_DIR) && *pattern == '\0' && *text == '/') {
            return 0;
        }
#endif
        const char *next = NULL;
        if (*text != '\0' && *pattern != '\0') {
            next = match_one(pattern, start, text, flags);
        }
        int c;
        if (next) {
            pattern = next;
            text += get(text, &c);
            continue;
        }
        // Let the last '*' take one character more; none of a path crosses a '/'.
        if (!star || *tried == '\0' || (*tried == '/' && (flags & FNM_PATHNAME))) {
            return FNM_NOMATCH;
        }
        tried += get(tried, &c);
        text = tried;
        pattern = star;
    }
    return 0;
}
