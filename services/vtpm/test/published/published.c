// SPDX-License-Identifier: MIT
// published FACADE.so [WAY] < VECTORS: published vectors through the facade; the line protocol of
// the tests on standard output. WAY: see take_way(). A line is NAME|CALL|EXPECTED|INPUT,INPUT,...
// with inputs in hexadecimal; EXPECTED is one of
//   =HEX  the call succeeds and its output ends with these bytes
//   ~HEX  ... and its output is these bytes
//   ^HEX  ... and its output begins with them
//   !HEX  the call fails, or its output does not end with these bytes
//   0     the call fails, or its output is empty
#include <stdio.h>
#include <stdlib.h>

#include "compare.h"

#define MOST_NAMES 64

/// The one copy of a name, which check() keeps.
static const char *keep_name(const char *name)
{
    static char names[MOST_NAMES][64];
    static size_t count;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return names[i];
        }
    }
    if (count == MOST_NAMES || strlen(name) >= sizeof(names[0])) {
        give_up("too many or too long names of vectors", name);
    }
    return strcpy(names[count++], name);
}

static int ends_with(const struct bytes *out, const struct bytes *expected)
{
    return out->size >= expected->size &&
           memcmp(out->data + out->size - expected->size, expected->data, expected->size) == 0;
}

static int as_expected(int done, const struct bytes *out, const char *expectation)
{
    static struct bytes expected;
    if (strlen(expectation) > 2 * (size_t)MOST_BYTES) {
        give_up("too long a result", expectation);
    }
    from_hex(&expected, expectation + 1);
    switch (expectation[0]) {
    case '=':
        return done == 1 && ends_with(out, &expected);
    case '~':
        return done == 1 && out->size == expected.size && ends_with(out, &expected);
    case '^':
        return done == 1 && out->size >= expected.size &&
               memcmp(out->data, expected.data, expected.size) == 0;
    case '!':
        return done != 1 || !ends_with(out, &expected);
    case '0':
        return done != 1 || out->size == 0;
    default:
        give_up("no such expectation", expectation);
    }
}

static void run(char *line)
{
    static struct bytes in[MOST_INPUTS], out;
    char *fields[4] = {line};
    for (size_t i = 1; i < 4; i++) {
        char *bar = strchr(fields[i - 1], '|');
        if (bar == NULL) {
            give_up("not a vector", line);
        }
        *bar = 0;
        fields[i] = bar + 1;
    }
    char *input = fields[3];
    for (size_t i = 0; i < MOST_INPUTS; i++) {
        char *comma = input != NULL ? strchr(input, ',') : NULL;
        if (comma != NULL) {
            *comma = 0;
        }
        if (input != NULL && strlen(input) > 2 * (size_t)MOST_BYTES) {
            give_up("too long an input of", fields[0]);
        }
        memset(in[i].data, 0, 64); // keys and chaining values are read at their full size
        from_hex(&in[i], input != NULL ? input : "");
        input = comma != NULL ? comma + 1 : NULL;
    }
    if (input != NULL) {
        give_up("too many inputs of", fields[0]);
    }
    int done = do_call(FACADE, fields[1], in, &out);
    check(keep_name(fields[0]), as_expected(done, &out, fields[2]));
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        give_up("usage", "published FACADE.so [WAY] < VECTORS");
    }
    load_side(FACADE, argv[1]);
    if (argc == 3 && !take_way(argv[2])) {
        return 0;
    }
    for_each_line(run);
    if (argc == 3) {
        check_way();
    }
    return report();
}
