// SPDX-License-Identifier: MIT
// Classes of characters: all bytes in the C locale, by POSIX's table of it; their wide forms; forms
// with a locale. Regular expressions, by tables.
#include <ctype.h>
#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "harness.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"
#define PUNCT "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
#define CNTRL                                                                                      \
    "\x01\x02\x03\x04\x05\x06\a\b\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a"   \
    "\x1b\x1c\x1d\x1e\x1f\x7f"

#define CLASS(name, members) {#name, members, is##name, is##name##_l, isw##name, isw##name##_l}

static const struct {
    const char *name;
    const char *members;
    int (*of_byte)(int);
    int (*of_byte_in)(int, locale_t);
    int (*of_wide)(wint_t);
    int (*of_wide_in)(wint_t, locale_t);
} classes[] = {
    CLASS(alnum, LOWER UPPER DIGIT),
    CLASS(alpha, LOWER UPPER),
    CLASS(blank, " \t"),
    CLASS(cntrl, CNTRL),
    CLASS(digit, DIGIT),
    CLASS(graph, LOWER UPPER DIGIT PUNCT),
    CLASS(lower, LOWER),
    CLASS(print, LOWER UPPER DIGIT PUNCT " "),
    CLASS(punct, PUNCT),
    CLASS(space, " \t\n\v\f\r"),
    CLASS(upper, UPPER),
    CLASS(xdigit, DIGIT "abcdefABCDEF"),
};

static bool is_member(const char *members, int c)
{
    return c > 0 && c < 128 && strchr(members, c) != NULL;
}

static void members(locale_t plain)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        char name[48];
        snprintf(name, sizeof(name), "classes.is%s", classes[i].name);
        wctype_t wide = wctype(classes[i].name);
        wctype_t wide_in = wctype_l(classes[i].name, plain);
        bool good = !classes[i].of_byte(EOF) && !classes[i].of_wide(WEOF) && wide && wide_in;
        for (int c = 0; c < 256; c++) {
            // Only the null character of those that no text can list is in a class.
            bool member = is_member(classes[i].members, c) ||
                          (c == 0 && strcmp(classes[i].name, "cntrl") == 0);
            good = good && !classes[i].of_byte(c) == !member;
            good = good && !classes[i].of_byte_in(c, plain) == !member;
            if (c < 128) {
                good = good && !classes[i].of_wide((wint_t)c) == !member;
                good = good && !classes[i].of_wide_in((wint_t)c, plain) == !member;
                good = good && !iswctype((wint_t)c, wide) == !member;
                good = good && !iswctype_l((wint_t)c, wide_in, plain) == !member;
            }
        }
        CHECK(name, good);
    }
}

static void cases(locale_t plain)
{
    bool good = tolower(EOF) == EOF && towupper(WEOF) == WEOF;
    wctrans_t up = wctrans("toupper");
    wctrans_t down_in = wctrans_l("tolower", plain);
    for (int c = 0; c < 256; c++) {
        const char *lower = c ? memchr(LOWER, c, 26) : NULL;
        const char *upper = c ? memchr(UPPER, c, 26) : NULL;
        int to_upper = lower ? UPPER[lower - LOWER] : c;
        int to_lower = upper ? LOWER[upper - UPPER] : c;
        good = good && toupper(c) == to_upper && tolower(c) == to_lower &&
               toupper_l(c, plain) == to_upper && tolower_l(c, plain) == to_lower;
        if (c < 128) {
            wint_t wide = (wint_t)c;
            good = good && towupper(wide) == (wint_t)to_upper &&
                   towlower(wide) == (wint_t)to_lower &&
                   towlower_l(wide, plain) == (wint_t)to_lower &&
                   towupper_l(wide, plain) == (wint_t)to_upper &&
                   towctrans(wide, up) == (wint_t)to_upper &&
                   towctrans_l(wide, down_in, plain) == (wint_t)to_lower;
        }
    }
    CHECK("classes.cases", good);
    CHECK("classes.unknown", wctrans("none") == 0 && wctype("none") == 0 && wctype("") == 0);
}

static void unicode(void)
{
    CHECK("classes.unicode-letters", iswalpha(0xe4) && iswlower(0xe4) && towupper(0xe4) == 0xc4 &&
                                         iswupper(0x416) && towlower(0x416) == 0x436 &&
                                         iswalpha(0x4e2d) && !iswalpha(0x20ac));
    CHECK("classes.unicode-others", iswpunct(0x20ac) && iswspace(0x2003) && iswprint(0x1f600) &&
                                        !iswdigit(0x661) && iswcntrl(0x85));
}

/* What of `text` an expression matches: "begin,end" of each group, or "" for none. */
static bool matches(const char *pattern, int flags, const char *text, const char *expected)
{
    regex_t regex;
    regmatch_t groups[5];
    char out[64] = "";
    if (regcomp(&regex, pattern, flags) != 0) {
        return strcmp(expected, "bad") == 0;
    }
    if (regexec(&regex, text, 5, groups, 0) == 0) {
        for (size_t i = 0; i <= regex.re_nsub && i < 5; i++) {
            char each[32];
            snprintf(each, sizeof(each), "%s%d,%d", i ? " " : "", (int)groups[i].rm_so,
                     (int)groups[i].rm_eo);
            strcat(out, each);
        }
    }
    regfree(&regex);
    if (strcmp(out, expected) != 0) {
        printf("# /%s/ %s: '%s', not '%s'\n", pattern, text, out, expected);
    }
    return strcmp(out, expected) == 0;
}

struct expression {
    const char *pattern;
    const char *text;
    const char *expected;
    int flags; // besides those of its kind
};

/* A case for each row, numbered. */
static void expressions(const char *kind, int flags, const struct expression *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[48];
        snprintf(name, sizeof(name), "classes.%s-expression-%zu", kind, i);
        CHECK(name,
              matches(rows[i].pattern, flags | rows[i].flags, rows[i].text, rows[i].expected));
    }
}

static void basic_expressions(void)
{
    static const struct expression rows[] = {
        {"a*", "baa", "0,0", 0},
        {"*a", "x*a", "1,3", 0},
        {"\\(ab\\)*c", "ababc", "0,5 2,4", 0},
        {"a\\{2,3\\}", "aaaa", "0,3", 0},
        {"a\\{2\\}b", "aab", "0,3", 0},
        {"\\(.\\)\\1", "abccd", "2,4 2,3", 0},
        {"^a$", "a", "0,1", 0},
        {"a^b$c", "a^b$c", "0,5", 0},
        {"[]a]*", "]a]b", "0,3", 0},
        {"[^]a]", "]ab", "2,3", 0},
        {"[a-c]*", "abcd", "0,3", 0},
        {"[[:digit:]]\\{1,\\}", "ab123", "2,5", 0},
        {"a+b|c(", "a+b|c(", "0,6", 0},
        {"\\(a", "a", "bad", 0},
        {"a\\{1", "a", "bad", 0},
        {"[a", "a", "bad", 0},
        {"[z-a]", "a", "bad", 0},
        {"\\(^a\\)b", "ab", "0,2 0,1", 0},
        {".", "\n", "0,1", 0},
        {"[[=a=]b]*", "abc", "0,2", 0},
        {"[[.-.]a]*", "a-b", "0,2", 0},
        {"\\.", "a.", "1,2", 0},
    };
    expressions("basic", 0, rows, sizeof(rows) / sizeof(rows[0]));
}

static void extended_expressions(void)
{
    static const struct expression rows[] = {
        {"ab|abc", "abc", "0,3", 0},
        {"(a|ab)(c|bcd)", "abcd", "0,4 0,1 1,4", 0},
        {"(a*)(b|abc)?", "abc", "0,3 0,0 0,3", 0},
        {"x*", "aaa", "0,0", 0},
        {"(a)|(b)", "b", "0,1 -1,-1 0,1", 0},
        {"a{0,1}b", "aab", "1,3", 0},
        {"a{2}", "aaa", "0,2", 0},
        {"^(ab)+$", "ababab", "0,6 4,6", 0},
        {"a.c", "a\nc", "0,3", 0},
        {"a.c", "a\nc", "", REG_NEWLINE},
        {"^b", "a\nb", "2,3", REG_NEWLINE},
        {"a$", "a\nb", "0,1", REG_NEWLINE},
        {"[^a]b", "\nb", "", REG_NEWLINE},
        {"AbC", "xaBc", "1,4", REG_ICASE},
        {"[A-C]+", "abcd", "0,3", REG_ICASE},
        {"(", "a", "bad", 0},
        {"a{2,1}", "a", "bad", 0},
        {"[[:none:]]", "a", "bad", 0},
        {"a\\", "a", "bad", 0},
        {"\\(a\\)", "(a)", "0,3", 0},
        {"a{99999}", "a", "bad", 0},
        {"()", "a", "0,0 0,0", 0},
        {"[[:alpha:]_][[:alnum:]_]*", "1_a9-", "1,4", 0},
    };
    expressions("extended", REG_EXTENDED, rows, sizeof(rows) / sizeof(rows[0]));
}

static void expression_calls(void)
{
    regex_t regex;
    regmatch_t match[3] = {{7, 7}, {7, 7}, {7, 7}};
    char text[64];
    CHECK("classes.regcomp", regcomp(&regex, "^a(b)?$", REG_EXTENDED) == 0 && regex.re_nsub == 1);
    CHECK("classes.regexec-not-begin",
          regexec(&regex, "a", 0, NULL, REG_NOTBOL) == REG_NOMATCH &&
              regexec(&regex, "a", 0, NULL, REG_NOTEOL) == REG_NOMATCH);
    CHECK("classes.regexec-unused", regexec(&regex, "a", 3, match, 0) == 0 &&
                                        match[1].rm_so == -1 && match[2].rm_so == -1 &&
                                        match[2].rm_eo == -1);
    size_t len = regerror(REG_EPAREN, &regex, text, sizeof(text));
    CHECK("classes.regerror", len == strlen(text) + 1 && len > 1 &&
                                  regerror(REG_EPAREN, NULL, text, 3) == len && strlen(text) == 2 &&
                                  regerror(REG_EPAREN, NULL, NULL, 0) == len);
    regfree(&regex);
    CHECK("classes.regcomp-nosub", regcomp(&regex, "a(b)", REG_EXTENDED | REG_NOSUB) == 0 &&
                                       regexec(&regex, "ab", 1, match, 0) == 0);
    regfree(&regex);
    static const struct {
        const char *pattern;
        int error;
    } bad[] = {{"[a", REG_EBRACK},    {"(a", REG_EPAREN},   {"a{1", REG_EBRACE},
               {"[b-a]", REG_ERANGE}, {"a\\", REG_EESCAPE}, {"[[:x:]]", REG_ECTYPE},
               {"*a", REG_BADRPT}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char name[48];
        snprintf(name, sizeof(name), "classes.regcomp-error-%zu", i);
        CHECK(name, regcomp(&regex, bad[i].pattern, REG_EXTENDED) == bad[i].error);
    }
}

void area_classes(void)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    members(plain);
    cases(plain);
    freelocale(plain);
    basic_expressions();
    extended_expressions();
    expression_calls();
    setlocale(LC_ALL, "C.UTF-8");
    unicode();
    setlocale(LC_ALL, "C");
}
