// SPDX-License-Identifier: MIT
// The platform's own memory functions inside a real program, and newlib's string functions on top.
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness.h"

static void memory(void)
{
    unsigned char a[600];
    unsigned char b[600];
    bool good = true;
    for (size_t len = 0; len < 280; len++) {
        for (size_t i = 0; i < sizeof(a); i++) {
            a[i] = (unsigned char)(i ^ len);
            b[i] = 0;
        }
        memcpy(b + len % 17, a + 3, len);
        good = good && memcmp(b + len % 17, a + 3, len) == 0 && b[len % 17 + len] == 0;
        memmove(a + 8, a, len);
        good = good && (len < 9 || a[8 + len - 1] == (unsigned char)((len - 1) ^ len));
        memset(b, 0x5a, len);
        good = good && (len == 0 || (b[0] == 0x5a && b[len - 1] == 0x5a));
    }
    CHECK("string.memory-functions", good);
    CHECK("string.memchr", memchr("abc", 'c', 3) != NULL && memchr("abc", 'c', 2) == NULL);
    CHECK("string.memmem", strcmp(memmem("haystack", 8, "sta", 3), "stack") == 0);
}

static void strings(void)
{
    char text[] = "a,b,,c";
    char *state;
    CHECK("string.strtok_r", strcmp(strtok_r(text, ",", &state), "a") == 0 &&
                                 strcmp(strtok_r(NULL, ",", &state), "b") == 0 &&
                                 strcmp(strtok_r(NULL, ",", &state), "c") == 0 &&
                                 !strtok_r(NULL, ",", &state));
    CHECK("string.search", strcmp(strstr("hello world", "o w"), "o world") == 0 &&
                               strchr("abc", 'd') == NULL && strspn("aab", "a") == 2 &&
                               strcspn("abc", "c") == 2 &&
                               strcmp(strrchr("a/b/c", '/'), "/c") == 0);
    CHECK("string.compare",
          strcmp("a", "b") < 0 && strncmp("abc", "abd", 2) == 0 && strcasecmp("AbC", "aBc") == 0);
    char small[4];
    CHECK("string.strlcpy",
          strlcpy(small, "abcdef", sizeof(small)) == 6 && strcmp(small, "abc") == 0);
    char *copy = strndup("abcdef", 3);
    CHECK("string.strndup", copy && strcmp(copy, "abc") == 0);
    free(copy);
    CHECK("string.strerror",
          strcmp(strerror(ENOENT), strerror(EACCES)) != 0 && strlen(strerror(ENOENT)) > 0);
}

static void expressions(void)
{
    regex_t regex;
    regmatch_t match[2];
    bool compiled = regcomp(&regex, "^([a-z]+)[0-9]*$", REG_EXTENDED) == 0;
    CHECK("string.regex", compiled && regexec(&regex, "abc123", 2, match, 0) == 0 &&
                              match[1].rm_eo == 3 &&
                              regexec(&regex, "123", 0, NULL, 0) == REG_NOMATCH);
    if (compiled) {
        regfree(&regex);
    }
    CHECK("string.regex-bad", regcomp(&regex, "(", REG_EXTENDED) != 0);
}

void area_string(void)
{
    memory();
    strings();
    expressions();
}
