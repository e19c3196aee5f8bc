// SPDX-License-Identifier: MIT
// fnmatch, glob, regular expressions, options of commands, trees of files and of keys.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <getopt.h>
#include <glob.h>
#include <locale.h>
#include <regex.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define ROOT "/tmp/patterns"

static void names(void)
{
    static const struct {
        const char *pattern;
        const char *text;
        int flags;
        bool match;
    } cases[] = {
        {"a*c", "abbc", 0, true},
        {"a*c", "abbd", 0, false},
        {"?", "", 0, false},
        {"[a-c]x", "bx", 0, true},
        {"[!a-c]x", "bx", 0, false},
        {"[!a-c]x", "dx", 0, true},
        {"[]]", "]", 0, true},
        {"[a", "[a", 0, true},
        {"\\*", "*", 0, true},
        {"\\*", "\\x", FNM_NOESCAPE, true},
        {"*", "a/b", 0, true},
        {"*", "a/b", FNM_PATHNAME, false},
        {"a/*", "a/.b", FNM_PATHNAME | FNM_PERIOD, false},
        {"*", ".b", FNM_PERIOD, false},
        {".*", ".b", FNM_PERIOD, true},
        {"[[:digit:]]*", "7x", 0, true},
        {"[[:digit:]]*", "x7", 0, false},
        {"[/]", "[/]", FNM_PATHNAME, true},
        {"[/]", "/", 0, true},
        {"a[[:alpha:]/b]", "a[l/b]", FNM_PATHNAME, true},
        {"x[[:alpha:]/]", "x[:/]", FNM_PATHNAME, true},
        {"[+-/]", "[+-/]", FNM_PATHNAME, true},
        {"[[./.]]", "[[./.]]", FNM_PATHNAME, true},
        {"[a\\/b]", "[a/b]", FNM_PATHNAME, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[64];
        int result = fnmatch(cases[i].pattern, cases[i].text, cases[i].flags);
        snprintf(name, sizeof(name), "patterns.fnmatch-%zu", i);
        CHECK(name, (result == 0) == cases[i].match && (result == 0 || result == FNM_NOMATCH));
    }
}

/* In UTF-8: a character is matched as a whole, and a byte that begins none by itself. */
static void wide_names(void)
{
    static const struct {
        const char *pattern;
        const char *text;
        int flags;
        bool match;
    } cases[] = {
        {"?", "\u00e9", 0, true},
        {"??", "\u00e9", 0, false},
        {"a?b", "a\u20acb", 0, true},
        {"*?", "\u20ac", 0, true},
        {"*??", "\u20ac", 0, false},
        {"*?b*", "x\u20acby", 0, true},
        {"[\u00e9]x", "\u00e9x", 0, true},
        {"[!a]x", "\u00e9x", 0, true},
        {"[!\u00e8]", "\u00e9", 0, true},
        {"[\u00e0-\u00ea]", "\u00e9", 0, true},
        {"[\u00e0-\u00e8]", "\u00e9", 0, false},
        {"[[.\u00e9.]]", "\u00e9", 0, true},
        {"[[:alpha:]]", "\u00e9", 0, true},
        {"\u00c9", "\u00e9", FNM_CASEFOLD, true},
        {"\u00c9", "\u00e9", 0, false},
        {"?", "\xff", 0, true},
        {"?", "\xc3", 0, true},
        {"??", "\xc3x", 0, true},
        {"*\xff", "\u00e9\xff", 0, true},
    };
    CHECK("patterns.fnmatch-utf-8", setlocale(LC_ALL, "C.UTF-8") != NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[64];
        int result = fnmatch(cases[i].pattern, cases[i].text, cases[i].flags);
        snprintf(name, sizeof(name), "patterns.fnmatch-utf-8-%zu", i);
        CHECK(name, (result == 0) == cases[i].match && (result == 0 || result == FNM_NOMATCH));
    }
    setlocale(LC_ALL, "C");
    CHECK("patterns.fnmatch-bytes", fnmatch("??", "\u00e9", 0) == 0);
}

static void make_tree(void)
{
    mkdir(ROOT, 0700);
    mkdir(ROOT "/d", 0700);
    static const char *const files[] = {"/b.c", "/a.c", "/a.h", "/.x.c", "/d/e.c"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[64];
        snprintf(path, sizeof(path), ROOT "%s", files[i]);
        close(open(path, O_CREAT | O_WRONLY, 0600));
    }
}

static void globs(void)
{
    glob_t found;
    CHECK("patterns.glob", glob(ROOT "/*.c", 0, NULL, &found) == 0 && found.gl_pathc == 2 &&
                               strcmp(found.gl_pathv[0], ROOT "/a.c") == 0 &&
                               strcmp(found.gl_pathv[1], ROOT "/b.c") == 0 && !found.gl_pathv[2]);
    CHECK("patterns.glob-append", glob(ROOT "/*/*.c", GLOB_APPEND, NULL, &found) == 0 &&
                                      found.gl_pathc == 3 &&
                                      strcmp(found.gl_pathv[2], ROOT "/d/e.c") == 0);
    globfree(&found);
    CHECK("patterns.glob-none", glob(ROOT "/*.z", 0, NULL, &found) == GLOB_NOMATCH);
    CHECK("patterns.glob-nocheck", glob(ROOT "/*.z", GLOB_NOCHECK, NULL, &found) == 0 &&
                                       found.gl_pathc == 1 &&
                                       strcmp(found.gl_pathv[0], ROOT "/*.z") == 0);
    globfree(&found);
    found.gl_offs = 2;
    CHECK("patterns.glob-offset-mark",
          glob(ROOT "/d*", GLOB_DOOFFS | GLOB_MARK, NULL, &found) == 0 && !found.gl_pathv[0] &&
              !found.gl_pathv[1] && strcmp(found.gl_pathv[2], ROOT "/d/") == 0);
    globfree(&found);
}

/* Paths of `found` below ROOT, joined by spaces, are `expected`; frees them. */
static bool same_names(int result, glob_t *found, const char *expected)
{
    char text[256] = "";
    for (size_t i = 0; result == 0 && i < found->gl_pathc; i++) {
        const char *name = found->gl_pathv[found->gl_offs + i];
        bool below = strncmp(name, ROOT "/", strlen(ROOT "/")) == 0;
        strlcat(text, i == 0 ? "" : " ", sizeof(text));
        strlcat(text, below ? name + strlen(ROOT "/") : name, sizeof(text));
    }
    bool same = result == 0 && strcmp(text, expected) == 0;
    globfree(found);
    return same;
}

static bool globs_to(const char *pattern, int flags, const char *expected)
{
    glob_t found;
    return same_names(glob(pattern, flags, NULL, &found), &found, expected);
}

static int end_search(const char *path, int error)
{
    (void)path;
    return error;
}

static struct dirent *no_entries(void *folder)
{
    (void)folder;
    errno = EIO;
    return NULL;
}

static void *some_folder(const char *path)
{
    return (void *)path;
}

static void no_close(void *folder)
{
    (void)folder;
}

static void glob_rules(void)
{
    CHECK("patterns.glob-class", globs_to(ROOT "/[[:alpha:]].[!c]", 0, "a.h"));
    CHECK("patterns.glob-period",
          globs_to(ROOT "/*.x.c", GLOB_NOCHECK, "*.x.c") && globs_to(ROOT "/.*.c", 0, ".x.c"));
    CHECK("patterns.glob-escape",
          globs_to(ROOT "/\\a.\\c", 0, "a.c") && globs_to(ROOT "/\\*", GLOB_NOCHECK, "\\*") &&
              globs_to(ROOT "/\\a.c", GLOB_NOESCAPE | GLOB_NOCHECK, "\\a.c"));
    CHECK("patterns.glob-no-slash-in-brackets", globs_to(ROOT "/d[/]e.c", GLOB_NOCHECK, "d[/]e.c"));
    CHECK("patterns.glob-trailing-slash",
          globs_to(ROOT "/*/", 0, "d/") && globs_to(ROOT "/a.c/", GLOB_NOCHECK, "a.c/"));
    CHECK("patterns.glob-literal-missing", globs_to(ROOT "/none/x", GLOB_NOCHECK, "none/x"));
    CHECK("patterns.glob-not-a-directory", globs_to(ROOT "/a.c/*", GLOB_NOCHECK, "a.c/*"));
    CHECK("patterns.glob-braces", globs_to(ROOT "/{b,a}.{h,c}", GLOB_BRACE, "a.c a.h b.c") &&
                                      globs_to(ROOT "/{a.c", GLOB_BRACE | GLOB_NOCHECK, "{a.c"));
    CHECK("patterns.glob-no-magic", globs_to("no-such-name", GLOB_NOMAGIC, "no-such-name"));
    setenv("HOME", ROOT, 1);
    CHECK("patterns.glob-tilde", globs_to("~/a.?", GLOB_TILDE, "a.c a.h"));
    glob_t found = {.gl_opendir = some_folder, .gl_readdir = no_entries, .gl_closedir = no_close};
    CHECK("patterns.glob-error-ends",
          glob(ROOT "/*", GLOB_ALTDIRFUNC, end_search, &found) == GLOB_ABORTED &&
              glob(ROOT "/*", GLOB_ALTDIRFUNC | GLOB_ERR, NULL, &found) == GLOB_ABORTED &&
              glob(ROOT "/*", GLOB_ALTDIRFUNC, NULL, &found) == GLOB_NOMATCH);
}

static bool matches(const char *pattern, int flags, const char *text)
{
    regex_t compiled;
    if (regcomp(&compiled, pattern, flags) != 0) {
        return false;
    }
    int result = regexec(&compiled, text, 0, NULL, 0);
    regfree(&compiled);
    return result == 0;
}

static void expressions(void)
{
    regex_t compiled;
    regmatch_t match[3];
    CHECK("patterns.regex-groups",
          regcomp(&compiled, "a(b*)(c|d)", REG_EXTENDED) == 0 && compiled.re_nsub == 2 &&
              regexec(&compiled, "xxabbd", 3, match, 0) == 0 && match[0].rm_so == 2 &&
              match[0].rm_eo == 6 && match[1].rm_so == 3 && match[1].rm_eo == 5 &&
              match[2].rm_so == 5);
    regfree(&compiled);
    CHECK("patterns.regex-basic",
          matches("a\\(b\\)\\1", 0, "abb") && matches("a+", 0, "a+") && !matches("a+", 0, "aa"));
    CHECK("patterns.regex-extended", matches("^(ab|c){2,3}$", REG_EXTENDED, "abcab") &&
                                         !matches("^(ab|c){2,3}$", REG_EXTENDED, "ab"));
    CHECK("patterns.regex-case", matches("HeLLo", REG_ICASE, "hello"));
    CHECK("patterns.regex-newline",
          matches("^b$", REG_NEWLINE, "a\nb\nc") && !matches("^b$", 0, "a\nb\nc"));
    CHECK("patterns.regex-class", matches("^[[:alpha:]_][[:alnum:]_]*$", 0, "_x9"));
    char text[64];
    int error = regcomp(&compiled, "a(b", REG_EXTENDED);
    CHECK("patterns.regex-error",
          error == REG_EPAREN && regerror(error, &compiled, text, sizeof(text)) > 1 && *text);
    CHECK("patterns.regex-errors", regcomp(&compiled, "a[b", 0) == REG_EBRACK &&
                                       regcomp(&compiled, "a\\{2,1\\}", 0) == REG_BADBR &&
                                       regcomp(&compiled, "*", REG_EXTENDED) == REG_BADRPT);
}

static void options(void)
{
    char *argv[] = {"x", "-ab", "value", "--long=7", "--flag", "rest", NULL};
    static int flag;
    static const struct option longs[] = {{"long", required_argument, NULL, 'L'},
                                          {"flag", no_argument, &flag, 5},
                                          {NULL, 0, NULL, 0}};
    optind = 1;
    int first = getopt_long(6, argv, "ab:", longs, NULL);
    int second = getopt_long(6, argv, "ab:", longs, NULL);
    bool value = second == 'b' && strcmp(optarg, "value") == 0;
    int third = getopt_long(6, argv, "ab:", longs, NULL);
    bool seven = third == 'L' && strcmp(optarg, "7") == 0;
    int fourth = getopt_long(6, argv, "ab:", longs, NULL);
    CHECK("patterns.getopt_long", first == 'a' && value && seven && fourth == 0 && flag == 5 &&
                                      getopt_long(6, argv, "ab:", longs, NULL) == -1 &&
                                      optind == 5);
    char *bad[] = {"x", "-z", "-b", NULL};
    optind = 1;
    opterr = 0;
    CHECK("patterns.getopt-errors", getopt(3, bad, ":b:") == '?' && optopt == 'z' &&
                                        getopt(3, bad, ":b:") == ':' && optopt == 'b');
    char text[] = "ro,size=9,odd";
    char *at = text;
    char *argument;
    char *const tokens[] = {"ro", "size", NULL};
    CHECK("patterns.getsubopt", getsubopt(&at, tokens, &argument) == 0 && !argument &&
                                    getsubopt(&at, tokens, &argument) == 1 &&
                                    strcmp(argument, "9") == 0 &&
                                    getsubopt(&at, tokens, &argument) == -1 && *at == '\0');
}

/* What getopt_long() makes of one argument, or getopt_long_only(). */
static int option_of(bool only, const char *argument)
{
    static int flag;
    static const struct option longs[] = {{"colour", no_argument, NULL, 'c'},
                                          {"color", no_argument, NULL, 'c'},
                                          {"columns", no_argument, NULL, 'C'},
                                          {"verbose", no_argument, &flag, 'v'},
                                          {"verbatim", no_argument, NULL, 'v'},
                                          {"force", no_argument, NULL, 'L'},
                                          {NULL, 0, NULL, 0}};
    char *argv[] = {"x", (char *)argument, NULL};
    optind = 0;
    opterr = 0;
    int (*get)(int, char *const[], const char *, const struct option *, int *) =
        only ? getopt_long_only : getopt_long;
    int result = get(2, argv, "fv", longs, NULL);
    while (get(2, argv, "fv", longs, NULL) != -1) { // nothing is left for who comes next
    }
    return result;
}

static void long_options(void)
{
    CHECK("patterns.getopt_long-same-meaning",
          option_of(false, "--colo") == 'c' && option_of(false, "--col") == '?' &&
              option_of(false, "--verb") == '?' && option_of(false, "--verba") == 'v');
    CHECK("patterns.getopt_long_only-letter", option_of(true, "-f") == 'f' &&
                                                  option_of(true, "-fo") == 'L' &&
                                                  option_of(true, "--f") == 'L');
    CHECK("patterns.getopt_long_only-ambiguous",
          option_of(true, "-colo") == '?' && option_of(true, "-verb") == '?' &&
              option_of(true, "-verbos") == 0 && option_of(true, "-vf") == 'v');
}

static int visited;
static int depth_seen;

static int visit(const char *path, const struct stat *state, int type, struct FTW *where)
{
    (void)path;
    (void)state;
    visited++;
    depth_seen = where->level > depth_seen ? where->level : depth_seen;
    return type == FTW_F || type == FTW_D || type == FTW_DP ? 0 : 99;
}

static int stop(const char *path, const struct stat *state, int type)
{
    (void)path;
    (void)state;
    return type == FTW_F ? 42 : 0;
}

static int remove_entry(const char *path, const struct stat *state, int type, struct FTW *where)
{
    (void)state;
    (void)type;
    (void)where;
    return remove(path);
}

static void walks(void)
{
    CHECK("patterns.nftw", nftw(ROOT, visit, 4, FTW_PHYS) == 0 && visited == 7 && depth_seen == 2);
    CHECK("patterns.ftw-stops", ftw(ROOT, stop, 4) == 42);
    errno = 0;
    CHECK("patterns.nftw-absent", nftw(ROOT "/none", visit, 4, 0) == -1 && errno == ENOENT);
    CHECK("patterns.nftw-depth",
          nftw(ROOT, remove_entry, 4, FTW_DEPTH | FTW_PHYS) == 0 && access(ROOT, F_OK) == -1);
}

static int order(const void *a, const void *b)
{
    return strcmp(a, b);
}

static char walked[32];

static void append(const void *node, VISIT when, int level)
{
    (void)level;
    if (when == postorder || when == leaf) {
        strcat(walked, *(char *const *)node);
    }
}

static void tables(void)
{
    void *root = NULL;
    static char *const keys[] = {"d", "b", "a", "c", "e"};
    for (size_t i = 0; i < 5; i++) {
        tsearch(keys[i], &root, order);
    }
    twalk(root, append);
    char *const *found = tfind("c", &root, order);
    CHECK("patterns.tsearch", strcmp(walked, "abcde") == 0 && found && *found == keys[3]);
    CHECK("patterns.tdelete", tdelete("b", &root, order) != NULL && !tfind("b", &root, order));
    for (size_t i = 0; i < 5; i++) {
        tdelete(keys[i], &root, order);
    }
    CHECK("patterns.tsearch-empty", root == NULL);
    ENTRY one = {.key = strdup("key"), .data = "data"};
    CHECK("patterns.hsearch", hcreate(10) != 0 && hsearch(one, ENTER) &&
                                  strcmp(hsearch((ENTRY){.key = "key"}, FIND)->data, "data") == 0 &&
                                  !hsearch((ENTRY){.key = "none"}, FIND));
    hdestroy();
}

void area_patterns(void)
{
    make_tree();
    names();
    wide_names();
    globs();
    glob_rules();
    expressions();
    options();
    long_options();
    walks();
    tables();
}
