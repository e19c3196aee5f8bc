// SPDX-License-Identifier: MIT
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void numbers(void)
{
    int a = 0;
    int b = 0;
    unsigned c = 0;
    CHECK("scanf.int",
          sscanf(" 42 -7 0x1f", "%d %d %x", &a, &b, &c) == 3 && a == 42 && b == -7 && c == 31);
    CHECK("scanf.i-bases",
          sscanf("010 0x10 10", "%i %i %u", &a, &b, &c) == 3 && a == 8 && b == 16 && c == 10);
    long long big = 0;
    signed char small = 0;
    short medium = 0;
    CHECK("scanf.sizes",
          sscanf("-9223372036854775808 -100 30000", "%lld %hhd %hd", &big, &small, &medium) == 3 &&
              big == LLONG_MIN && small == -100 && medium == 30000);
    double d = 0;
    float f = 0;
    long double ld = 0;
    CHECK("scanf.floats", sscanf("1.5 -2.5e3 1e4000", "%f %lf %Lf", &f, &d, &ld) == 3 &&
                              f == 1.5f && d == -2500.0 && ld == 1e4000L);
    CHECK("scanf.inf-hex", sscanf("inf 0x1.8p1", "%lf %f", &d, &f) == 2 && isinf(d) && f == 3.0f);
}

static void texts(void)
{
    char word[16] = "";
    char rest[32] = "";
    char c = 0;
    int n = -1;
    CHECK("scanf.words", sscanf("hello  big world", "%15s %31[^\n]", word, rest) == 2 &&
                             strcmp(word, "hello") == 0 && strcmp(rest, "big world") == 0);
    CHECK("scanf.width", sscanf("abcdef", "%3s%c%n", word, &c, &n) == 2 &&
                             strcmp(word, "abc") == 0 && c == 'd' && n == 4);
    CHECK("scanf.set", sscanf("2024-abc", "%15[0-9]-%31[a-z]", word, rest) == 2 &&
                           strcmp(word, "2024") == 0 && strcmp(rest, "abc") == 0);
    CHECK("scanf.suppress", sscanf("1 2 3", "%*d %d", &n) == 1 && n == 2);
    CHECK("scanf.stops", sscanf("12x", "%d %d", &n, &n) == 1 && n == 12);
    CHECK("scanf.end", sscanf("", "%d", &n) == EOF);
    CHECK("scanf.positional",
          sscanf("one 2", "%2$s %1$d", &n, word) == 2 && n == 2 && strcmp(word, "one") == 0);
}

void area_scanf(void)
{
    numbers();
    texts();
}
